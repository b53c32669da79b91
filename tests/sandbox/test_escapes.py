#!/usr/bin/python3
"""A function tries to get out (escapes.py): as root, as an ordinary user, and where namespaces are forbidden. Each attempt
fails with the errno that it fails with on AWS, and the server and its neighbours are well."""
import ctypes
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../clients"))
from backlot import Backlot, binary, check, equal, finish, part, remove, request, scratch   # noqa: E402

ROLE = "arn:aws:iam::000000000000:role/shop"
SECRET = "canary-of-a-neighbour"
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
# A world without further user namespaces; the first one is needed to say so.
FORBIDDEN = ["unshare", "--user", "--map-root-user", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh"]


LANDLOCK = ctypes.CDLL(None).syscall(444, None, 0, 1)   # its version; signals and abstract sockets are kept in since 6
KERNEL = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])


def package():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(os.path.join(HERE, "escapes.py"), "app.py")
        archive.writestr("other.py", "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_RUNTIME_API']\n")
    return out.getvalue()


def works(command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def invoke(functions, name, event=None):
    return json.loads(functions.invoke(FunctionName=name, Payload=json.dumps(event or {}).encode())["Payload"].read())


def stolen(backlot, folder):
    """The state of a stack whose function takes its code from there."""
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Thief": {"Type": "AWS::Serverless::Function", "Properties": {
        "FunctionName": "thief", "Runtime": "python3.11", "Handler": "app.handler", "CodeUri": folder}}}}
    stacks = backlot.client("cloudformation")
    stacks.create_stack(StackName="thief", TemplateBody=json.dumps(template), OnFailure="DO_NOTHING",
                        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
    backlot.idle()
    stack = stacks.describe_stacks(StackName="thief")["Stacks"][0]
    return stack["StackStatus"], stack.get("StackStatusReason", "")


def attempts(title, under, namespaces, root):
    folder = scratch("sandbox")
    os.chmod(folder, 0o777)
    listener = socket.socket(socket.AF_UNIX)
    name = "backlot-sandbox-test-%d" % os.getpid()
    listener.bind("\0" + name)
    listener.listen()
    outside = os.path.join(folder, "outside")
    backlot = Backlot(clock="real", data=os.path.join(folder, "data"), under=under)
    with part(title), backlot:
        functions, code = backlot.client("lambda"), package()
        for function, handler in (("escapes", "app.handler"), ("other", "other.handler")):
            functions.create_function(FunctionName=function, Runtime="python3.11", Handler=handler, Role=ROLE, Code={"ZipFile": code}, Timeout=60, MemorySize=256,
                                      Environment={"Variables": {"SECRET": SECRET}} if function == "other" else {"Variables": {}})
        neighbour = invoke(functions, "other")
        event = {"server": backlot.process.pid, "data": os.path.join(folder, "data"), "outside": outside, "secret": SECRET, "abstract": name,
                 "endpoint": backlot.endpoint, "root": root, "neighbour": neighbour, "signal": 15 if namespaces or LANDLOCK >= 6 else 0}
        seen = invoke(functions, "escapes", event)

        def expect(what, *good):
            check("%s: %s" % (title, what), seen[what] in good, "%r, not %s" % (seen[what], " or ".join(map(repr, good))))

        if namespaces:
            equal(title + ": where it lives", seen["home"], ["/var/task", "/var/task", "/var/task/app.py", "/var/task"])
            check(title + ": it sees its own processes only", seen["pids"] < 5, seen["pids"])
            equal(title + ": its devices", seen["devices"], ["fd", "full", "null", "random", "stderr", "stdin", "stdout", "urandom", "zero"])
        for path, outcome in seen["write"].items():
            if path == outside:   # on AWS there is no such folder
                check("%s: writing %s" % (title, path), outcome in (("ENOENT", "EROFS") if namespaces else ("EACCES",)), outcome)
            else:
                check("%s: writing %s" % (title, path), outcome in (("EROFS",) if namespaces else ("EACCES", "ENOENT")), outcome)
        check(title + ": nothing was written outside", not os.path.exists(outside))
        expect("temporary", "done")
        expect("data", "EACCES", "ENOENT", [])
        for what in ("data read", "data write"):
            expect(what, "EACCES", "ENOENT", "EROFS")
        expect("data by way of the server", "EACCES", "ENOENT", "EPERM")
        for what in ("server's environment", "server's memory", "server's files"):
            expect(what, "ENOENT" if namespaces else "EACCES", "EPERM", "EACCES")
        if namespaces or LANDLOCK >= 6:
            expect("signal", "ESRCH", "EPERM")
        if LANDLOCK >= 6:
            expect("signal to parent", "EPERM")
            expect("signal to first", "EPERM")
            expect("abstract socket", "EPERM")
        for what in ("ptrace", "mount", "unshare", "chroot"):
            expect(what, "EPERM")
        expect("others' secrets", 0)
        opened, why = seen["files"]
        check(title + ": 100,000 files", opened < 1024 and why == "EMFILE", seen["files"])
        expect("open at start", ["0", "1", "2", "3"])   # the last is the listing's own
        check(title + ": no capabilities", set(seen["capabilities"]) == {"0"}, seen["capabilities"])
        expect("no new privileges", "1")
        expect("filter", "2")
        expect("core", 0)
        expect("health", 200)
        expect("control API", [403, 403, 403])
        expect("control API in passing", "done")   # and without effect: the functions are still there
        expect("neighbour's invocations", 403)
        expect("an AWS call", 403)   # reaches it; it is not signed

        state, reason = stolen(backlot, os.path.join(folder, "data"))
        check(title + ": a function whose code would be the data", state == "CREATE_FAILED" and "outside of the folder" in reason, (state, reason))
        equal(title + ": signals to all", invoke(functions, "escapes", {**event, "what": "group"}), ["done", "done"])
        if namespaces:
            written, why = invoke(functions, "escapes", {**event, "what": "fills"})
            check(title + ": /tmp has 512 MB", (written, why) == (511, "ENOSPC") or 500 < written <= 512 and why == "ENOSPC", (written, why))
            functions.update_function_configuration(FunctionName="escapes", EphemeralStorage={"Size": 600})
            written, why = invoke(functions, "escapes", {**event, "what": "fills"})
            check(title + ": or as many as were asked for", 590 < written <= 600 and why == "ENOSPC", (written, why))
            if not root or KERNEL >= (6, 14):   # before, nothing but cgroups counts root's processes
                forked, why = invoke(functions, "escapes", {**event, "what": "forks"})
                check(title + ": 1,024 processes", forked <= 1330 and why == "EAGAIN", (forked, why))
        equal(title + ": the neighbour is well, and the same", invoke(functions, "other"), neighbour)
        equal(title + ": the server is well", request(backlot.endpoint + "/_backlot/health").status, 200)
        lines = [line for line in backlot.output().splitlines() if "not wholly kept apart" in line]
        equal(title + ": one line says what is not in force, where something is not", len(lines), 0 if namespaces else 1)
    listener.close()
    remove(folder)


def without():
    """For debuggers: a function is a process like any other, where its code lies."""
    with part("--no-sandbox"), Backlot(clock="real", more=["--no-sandbox"]) as backlot:
        functions = backlot.client("lambda")
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "import os\ndef handler(event, context): return [os.getpid(), os.getcwd()]\n")
        functions.create_function(FunctionName="free", Runtime="python3.11", Handler="app.handler", Role=ROLE, Code={"ZipFile": code.getvalue()})
        pid, folder = invoke(functions, "free")
        with open("/proc/%d/environ" % pid, "rb") as file:
            check("it is seen from outside by its own pid", b"AWS_LAMBDA_FUNCTION_NAME=free" in file.read())
        check("where its code lies", os.path.exists(os.path.join(folder, "app.py")), folder)
        equal("which is no matter for a warning", backlot.output(), "")


def main():
    root = os.geteuid() == 0
    if works(["unshare", "--user", "--mount", "--pid", "--fork", "true"]):
        attempts("as root" if root else "as a user", [], True, root)
        if root and shutil.which("setpriv") and works(NOBODY + ["test", "-x", binary()]) and works(NOBODY + ["unshare", "--user", "true"]):
            attempts("as nobody", NOBODY, True, False)
            attempts("as nobody, without namespaces", NOBODY + FORBIDDEN, False, False)
        attempts("without namespaces", FORBIDDEN, False, root)
    else:
        attempts("namespaces are forbidden here", [], False, root)
    without()
    finish()


main()
