"""Functions' processes end with what they belong to: the server, however it ends; their function's version; and what
they print delays nobody.

MEGABYTES (300) is the log of the one that prints."""
import io
import json
import os
import select
import signal
import socket
import subprocess
import threading
import time
import zipfile

import pytest

from backlot import Backlot, remove, request, scratch, setting

HERE = os.path.dirname(os.path.abspath(__file__))

ROLE = "arn:aws:iam::000000000000:role/shop"
MEGABYTES = setting("MEGABYTES", 300)
NO_NAMESPACES = [
    "unshare",
    "--user",
    "--map-root-user",
    "sh",
    "-c",
    'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
    "sh",
]


def package():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(os.path.join(HERE, "ends.py"), "app.py")
    return out.getvalue()


def create(backlot, name="ends", **more):
    functions = backlot.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler="app.handler",
        Role=ROLE,
        Code={"ZipFile": package()},
        **{"Timeout": 60, "MemorySize": 256, **more}
    )
    return functions


def invoke(functions, name="ends", **event):
    return json.loads(functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())["Payload"].read())


def below(pid):
    """Processes below one, those that it left included."""
    found = []
    for each in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % each) as file:
                found.append((int(each), int(file.read().rsplit(")", 1)[1].split()[1])))
        except (OSError, ValueError):
            pass
    result, todo = [], [pid]
    while todo:
        one = todo.pop()
        children = [child for child, parent in found if parent == one]
        result += children
        todo += children
    return result


def closed(connection, seconds):
    """Whether its other end goes within that time."""
    return bool(select.select([connection], [], [], seconds)[0]) and connection.recv(1) == b""


def dies_with_the_server(title, end, under=(), more=()):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        folder = scratch("ends")
        backlot = Backlot(clock="real", data=folder, under=under, more=more).start()
        functions = create(backlot)
        event = {"what": "leave", "port": listener.getsockname()[1], "stay": 50}
        caller = threading.Thread(target=lambda: quiet(lambda: invoke(functions, **event)), daemon=True)
        caller.start()
        connections = [listener.accept()[0] for _ in range(2)]
        for connection in connections:
            connection.recv(1)
        end(backlot.process)
        assert not alive(backlot.process), title + ": the server has gone"
        assert all(closed(connection, 3) for connection in connections), (
            title + ": and so have the function and what it left behind"
        )
        backlot._gone()
        with backlot:  # its successor on the same folder has what was stored
            assert len(backlot.client("lambda").list_functions()["Functions"]) == 1, title + ": the next one"
        caller.join(10)
        remove(folder)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_processes_end_with_the_server(number):
    dies_with_the_server(number.name, signalled(number))


def test_without_a_sandbox():
    dies_with_the_server("kill -9", signalled(signal.SIGKILL), more=["--no-sandbox"])


def test_without_namespaces():
    if subprocess.run(["unshare", "--user", "true"], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("no user namespace can be made here")
    dies_with_the_server("kill -9", signalled(signal.SIGKILL), under=NO_NAMESPACES)


def quiet(action):
    try:
        action()
    except Exception:  # noqa: BLE001 - the server goes in the middle of it
        pass


def alive(process):
    try:
        process.wait(10)
        return False
    except subprocess.TimeoutExpired:
        return True


def signalled(number):
    return lambda process: process.send_signal(number)


def test_left_behind():
    with Backlot(clock="real") as backlot, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        functions = create(backlot, Timeout=1)
        assert (
            invoke(functions, what="leave", port=listener.getsockname()[1], stay=50)["errorType"] == "Sandbox.Timedout"
        ), "ends with its instance"
        for _ in range(2):
            connection = listener.accept()[0]
            connection.recv(1)
            assert closed(connection, 3), "a process of an instance that was stopped"


def test_outdated():
    with Backlot(clock="real") as backlot:
        functions = create(backlot)
        for number in range(40):
            invoke(functions)
            functions.update_function_configuration(FunctionName="ends", Description=str(number))
        invoke(functions)
        wait_for(lambda: len(below(backlot.process.pid)) <= 3)
        assert len(below(backlot.process.pid)) <= 3, (
            "40 updates leave the processes of one instance",
            below(backlot.process.pid),
        )
        functions.delete_function(FunctionName="ends")
        wait_for(lambda: not below(backlot.process.pid))
        assert below(backlot.process.pid) == [], "a deleted function has none"


def wait_for(condition, seconds=5):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        select.select([], [], [], 0.02)


def memory(pid):
    with open("/proc/%d/status" % pid) as file:
        return [int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM")][0]


class Beside:
    """Asks for the health of a server without a pause, and keeps how long the slowest answer took."""

    def __init__(self, backlot):
        self.backlot, self.times, self.stopped = backlot, [], False

    def __enter__(self):
        self.thread = threading.Thread(target=self.ask)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.thread.join()

    def ask(self):
        while not self.stopped:
            begun = time.monotonic()
            request(self.backlot.endpoint + "/_backlot/health")
            self.times.append(1000 * (time.monotonic() - begun))

    def at(self, share):
        return sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))]


def test_floods():
    with Backlot(clock="real") as backlot:
        functions = create(backlot)
        invoke(functions)
        with Beside(backlot) as quiet_time:
            time.sleep(1)
        before = memory(backlot.process.pid)
        with Beside(backlot) as beside:
            assert isinstance(invoke(functions, what="print", megabytes=MEGABYTES), int), (
                "%d MB of short lines" % MEGABYTES
            )
        print(
            "health beside %d MB of log: median %.1f ms, 99 %% %.1f, worst %.1f; on its own %.1f, %.1f, %.1f; memory %d MiB, before %d"
            % (
                MEGABYTES,
                beside.at(0.5),
                beside.at(0.99),
                beside.at(1),
                quiet_time.at(0.5),
                quiet_time.at(0.99),
                quiet_time.at(1),
                memory(backlot.process.pid),
                before,
            )
        )
        assert beside.at(0.99) <= 20 + 5 * quiet_time.at(0.99) and beside.at(1) < 500, ("delay nobody", beside.at(1))
        assert memory(backlot.process.pid) < before + 64, ("and take no memory", memory(backlot.process.pid))
        logs = backlot.client("logs")

        def found(pattern):  # page by page: a search looks at so many events at a time
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName="/aws/lambda/ends", filterPattern=pattern
            )
            return sum(len(page["events"]) for page in pages)

        assert found('"LOGS DROPPED"') == 1, "what is not kept is said"
        assert found('"REPORT RequestId"') == 2, "and the log goes to its end"
        functions.update_function_configuration(FunctionName="ends", Timeout=3)
        with Beside(backlot) as beside:
            assert (
                invoke(functions, what="print for ever")["errorType"] == "Sandbox.Timedout"
            ), "printing without end ends at the time-out"
        assert beside.at(0.99) <= 20 + 5 * quiet_time.at(0.99), ("and delays nobody either", beside.at(0.99))
        assert memory(backlot.process.pid) < before + 64, ("memory stays", memory(backlot.process.pid))
