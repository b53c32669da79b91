"""A function tries to get out (escapes.py): as root, as an ordinary user, and where namespaces are forbidden. Each
attempt fails with the errno that it fails with on AWS, and the server and its neighbours are well."""
import ctypes
import io
import json
import os
import shutil
import socket
import subprocess
import zipfile

import pytest

from backlot import Backlot, binary, remove, request, scratch

HERE = os.path.dirname(os.path.abspath(__file__))

ROLE = "arn:aws:iam::000000000000:role/shop"
SECRET = "canary-of-a-neighbour"
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
# A world without further user namespaces; the first one is needed to say so.
FORBIDDEN = [
    "unshare",
    "--user",
    "--map-root-user",
    "sh",
    "-c",
    'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
    "sh",
]


LANDLOCK = ctypes.CDLL(None).syscall(444, None, 0, 1)  # its version; signals and abstract sockets are kept in since 6
KERNEL = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])


def package():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(os.path.join(HERE, "escapes.py"), "app.py")
        archive.writestr(
            "other.py", "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_RUNTIME_API']\n"
        )
    return out.getvalue()


def works(command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def invoke(functions, name, event=None):
    return json.loads(functions.invoke(FunctionName=name, Payload=json.dumps(event or {}).encode())["Payload"].read())


def stolen(backlot, folder):
    """The state of a stack whose function takes its code from there."""
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Thief": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "FunctionName": "thief",
                    "Runtime": "python3.11",
                    "Handler": "app.handler",
                    "CodeUri": folder,
                },
            }
        },
    }
    stacks = backlot.client("cloudformation")
    stacks.create_stack(
        StackName="thief",
        TemplateBody=json.dumps(template),
        OnFailure="DO_NOTHING",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
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
    with backlot:
        functions, code = backlot.client("lambda"), package()
        for function, handler in (("escapes", "app.handler"), ("other", "other.handler")):
            functions.create_function(
                FunctionName=function,
                Runtime="python3.11",
                Handler=handler,
                Role=ROLE,
                Code={"ZipFile": code},
                Timeout=60,
                MemorySize=256,
                Environment={"Variables": {"SECRET": SECRET}} if function == "other" else {"Variables": {}},
            )
        neighbour = invoke(functions, "other")
        event = {
            "server": backlot.process.pid,
            "data": os.path.join(folder, "data"),
            "outside": outside,
            "secret": SECRET,
            "abstract": name,
            "endpoint": backlot.endpoint,
            "root": root,
            "neighbour": neighbour,
            "signal": 15 if namespaces or LANDLOCK >= 6 else 0,
        }
        seen = invoke(functions, "escapes", event)

        def expect(what, *good):
            assert seen[what] in good, (
                "%s: %s" % (title, what),
                "%r, not %s" % (seen[what], " or ".join(map(repr, good))),
            )

        if namespaces:
            assert seen["home"] == ["/var/task", "/var/task", "/var/task/app.py", "/var/task"], (
                title + ": where it lives"
            )
            assert seen["pids"] < 5, (title + ": it sees its own processes only", seen["pids"])
            assert seen["devices"] == [
                "fd",
                "full",
                "null",
                "random",
                "stderr",
                "stdin",
                "stdout",
                "urandom",
                "zero",
            ], (
                title + ": its devices"
            )
        for path, outcome in seen["write"].items():
            if path == outside:  # on AWS there is no such folder
                assert outcome in (("ENOENT", "EROFS") if namespaces else ("EACCES",)), (
                    "%s: writing %s" % (title, path),
                    outcome,
                )
            else:
                assert outcome in (("EROFS",) if namespaces else ("EACCES", "ENOENT")), (
                    "%s: writing %s" % (title, path),
                    outcome,
                )
        assert not os.path.exists(outside), title + ": nothing was written outside"
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
        assert opened < 1024 and why == "EMFILE", (title + ": 100,000 files", seen["files"])
        expect("open at start", ["0", "1", "2", "3"])  # the last is the listing's own
        assert set(seen["capabilities"]) == {"0"}, (title + ": no capabilities", seen["capabilities"])
        expect("no new privileges", "1")
        expect("filter", "2")
        expect("core", 0)
        expect("health", 200)
        expect("control API", [403, 403, 403])
        expect("control API in passing", "done")  # and without effect: the functions are still there
        expect("neighbour's invocations", 403)
        expect("an AWS call", 403)  # reaches it; it is not signed

        state, reason = stolen(backlot, os.path.join(folder, "data"))
        assert state == "CREATE_FAILED" and "outside of the folder" in reason, (
            title + ": a function whose code would be the data",
            (state, reason),
        )
        assert invoke(functions, "escapes", {**event, "what": "group"}) == ["done", "done"], title + ": signals to all"
        if namespaces:
            written, why = invoke(functions, "escapes", {**event, "what": "fills"})
            assert (written, why) == (511, "ENOSPC") or 500 < written <= 512 and why == "ENOSPC", (
                title + ": /tmp has 512 MB",
                (written, why),
            )
            functions.update_function_configuration(FunctionName="escapes", EphemeralStorage={"Size": 600})
            written, why = invoke(functions, "escapes", {**event, "what": "fills"})
            assert 590 < written <= 600 and why == "ENOSPC", (title + ": or as many as were asked for", (written, why))
            if not root or KERNEL >= (6, 14):  # before, nothing but cgroups counts root's processes
                forked, why = invoke(functions, "escapes", {**event, "what": "forks"})
                assert forked <= 1330 and why == "EAGAIN", (title + ": 1,024 processes", (forked, why))
        assert invoke(functions, "other") == neighbour, title + ": the neighbour is well, and the same"
        assert request(backlot.endpoint + "/_backlot/health").status == 200, title + ": the server is well"
        lines = [line for line in backlot.output().splitlines() if "not wholly kept apart" in line]
        assert len(lines) == (0 if namespaces else 1), (
            title + ": one line says what is not in force, where something is not"
        )
    listener.close()
    remove(folder)


def test_without_a_sandbox():
    """For debuggers: a function is a process like any other, where its code lies."""
    with Backlot(clock="real", more=["--no-sandbox"]) as backlot:
        functions = backlot.client("lambda")
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "import os\ndef handler(event, context): return [os.getpid(), os.getcwd()]\n")
        functions.create_function(
            FunctionName="free",
            Runtime="python3.11",
            Handler="app.handler",
            Role=ROLE,
            Code={"ZipFile": code.getvalue()},
        )
        pid, folder = invoke(functions, "free")
        with open("/proc/%d/environ" % pid, "rb") as file:
            assert b"AWS_LAMBDA_FUNCTION_NAME=free" in file.read(), "it is seen from outside by its own pid"
        assert os.path.exists(os.path.join(folder, "app.py")), ("where its code lies", folder)
        assert backlot.output() == "", "which is no matter for a warning"


ROOT = os.geteuid() == 0
needs_namespaces = pytest.mark.skipif(
    not works(["unshare", "--user", "--mount", "--pid", "--fork", "true"]), reason="namespaces are forbidden here"
)
needs_nobody = pytest.mark.skipif(
    not ROOT
    or not shutil.which("setpriv")
    or not works(NOBODY + ["test", "-x", binary()])
    or not works(NOBODY + ["unshare", "--user", "true"]),
    reason="nobody cannot be played here",
)


@needs_namespaces
def test_as_who_runs_the_tests():
    attempts("as root" if ROOT else "as a user", [], True, ROOT)


@needs_namespaces
@needs_nobody
def test_as_nobody():
    attempts("as nobody", NOBODY, True, False)


@needs_namespaces
@needs_nobody
def test_as_nobody_without_namespaces():
    attempts("as nobody, without namespaces", NOBODY + FORBIDDEN, False, False)


def test_without_namespaces():
    allowed = works(["unshare", "--user", "--mount", "--pid", "--fork", "true"])
    attempts("without namespaces", FORBIDDEN if allowed else [], False, ROOT)
