"""What a function should not be able to do: the handler of test_escapes.py, which runs within Backlot. Each attempt's
outcome is the name of its errno, or "done" where it came about."""
import ctypes
import errno
import http.client
import os
import resource
import signal
import socket
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
OPEN_AT_START = sorted(os.listdir("/proc/self/fd"))


def outcome(action):
    try:
        value = action()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    return "done" if value is None else value


def call(name, *arguments):
    if getattr(LIBC, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def write(path):
    with open(path, "w") as file:
        file.write("x")


def read(path):
    with open(path, "rb") as file:
        return "read %d bytes" % len(file.read(64))


def fill(folder):
    """How many MiB can be written there."""
    path, block = os.path.join(folder, "full"), b"\0" * (1 << 20)
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        for written in range(700):
            if os.write(file, block) < len(block):
                return written, "ENOSPC"
        return 700, "done"
    except OSError as error:
        return written, errno.errorcode[error.errno]
    finally:
        os.close(file)
        os.unlink(path)


def open_many():
    files = []
    try:
        for _ in range(100000):
            files.append(os.open("/dev/null", os.O_RDONLY))
        return len(files), "done"
    except OSError as error:
        return len(files), errno.errorcode[error.errno]
    finally:
        for file in files:
            os.close(file)


def fork_many(limit=3000):
    pids = []
    try:
        for _ in range(limit):
            pid = os.fork()
            if pid == 0:
                signal.pause()
            pids.append(pid)
        return len(pids), "done"
    except OSError as error:
        return len(pids), errno.errorcode[error.errno]
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def secrets_of_others(word):
    found = 0
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) != os.getpid():
            try:
                with open("/proc/%s/environ" % pid, "rb") as file:
                    found += word.encode() in file.read()
            except OSError:
                pass
    return found


def abstract(name):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + name)


def ask(host, method, path):
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request(
        method, path, "{}" if method == "POST" else None, {"Content-Type": "application/json", "X-Backlot": "1"}
    )
    return connection.getresponse().status


def ask_and_go(host, path):
    """Without waiting for the answer, and from another address of this machine."""
    with socket.create_connection(tuple(host.split(":")), source_address=("127.0.0.9", 0)) as connection:
        connection.sendall(
            ("POST %s HTTP/1.1\r\nHost: %s\r\nX-Backlot: 1\r\nContent-Length: 2\r\n\r\n{}" % (path, host)).encode()
        )


def ask_neighbour(api):
    """For its next invocation."""
    connection = http.client.HTTPConnection(api, timeout=5)
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    return connection.getresponse().status


def status_of_self():
    with open("/proc/self/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def handler(event, _):
    server, data, temporary = event["server"], event["data"], os.environ["TMPDIR"]
    task, host = os.environ["LAMBDA_TASK_ROOT"], event["endpoint"].split("//")[1]
    if event.get("what") == "forks":
        return fork_many()
    if event.get("what") == "fills":
        return fill(temporary)
    if event.get("what") == "group":  # what reaches its own processes only
        child = subprocess.Popen(["/bin/sleep", "600"])
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        outcomes = [outcome(lambda: os.kill(-1, signal.SIGTERM)), outcome(lambda: os.kill(0, signal.SIGTERM))]
        child.wait()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return outcomes
    own = status_of_self()
    result = {
        "home": [os.getcwd(), task, __file__, sys.path[0]],
        "pids": sum(name.isdigit() for name in os.listdir("/proc")),
        "write": {
            path: outcome(lambda: write(path))
            for path in [
                "/x",
                "/usr/x",
                "/etc/x",
                "/opt/x",
                "/home/x",
                "/var/x",
                task + "/x",
                __file__,
                event["outside"],
            ]
        },
        "temporary": outcome(lambda: write(temporary + "/x")),
        "data": outcome(lambda: os.listdir(data)),
        "data read": outcome(lambda: read(data + "/data.mdb")),
        "data write": outcome(lambda: write(data + "/data.mdb")),
        "data by way of the server": outcome(lambda: read("/proc/%d/cwd/%s" % (server, data))),
        "server's environment": outcome(lambda: read("/proc/%d/environ" % server)),
        "server's memory": outcome(lambda: read("/proc/%d/mem" % server)),
        "server's files": outcome(lambda: os.readlink("/proc/%d/fd/0" % server)),
        "signal": outcome(lambda: os.kill(server, event["signal"])),
        "signal to parent": outcome(lambda: os.kill(os.getppid(), event["signal"])),
        "signal to first": outcome(lambda: os.kill(1, signal.SIGKILL)),
        "ptrace": outcome(lambda: call("ptrace", 16, server, 0, 0)),
        "mount": outcome(lambda: call("mount", b"tmpfs", b"/usr", b"tmpfs", 0, None)),
        "unshare": outcome(lambda: call("unshare", 0x10000000)),
        "chroot": outcome(lambda: os.chroot("/")),
        "others' secrets": secrets_of_others(event["secret"]),
        "abstract socket": outcome(lambda: abstract(event["abstract"])),
        "files": open_many(),
        "open at start": OPEN_AT_START,
        "capabilities": own["CapEff"] + own["CapPrm"] + own["CapBnd"]
        if event.get("root")
        else own["CapEff"] + own["CapPrm"],
        "no new privileges": own["NoNewPrivs"],
        "filter": own["Seccomp"],
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
        "health": ask(host, "GET", "/_backlot/health"),
        "control API": [
            ask(host, *request)
            for request in (
                ("POST", "/_backlot/reset"),
                ("GET", "/_backlot/record"),
                ("POST", "/_localstack/state/reset"),
            )
        ],
        "control API in passing": outcome(lambda: ask_and_go(host, "/_backlot/reset")),
        "neighbour's invocations": ask_neighbour(event["neighbour"]),
        "an AWS call": ask(host, "POST", "/2015-03-31/functions/other/invocations"),
        "devices": sorted(os.listdir("/dev")) if os.access("/dev", os.R_OK) else [],
    }
    return result
