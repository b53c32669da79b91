"""The handler of test_ends.py: prints, waits, leaves a process behind that does not want to go."""
import os
import signal
import socket
import time

LINES = b"a short line\n" * 5000


def leave_behind(port):
    """A process of its own session, twice forked, that holds a connection for as long as it lives."""
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"x")
        time.sleep(600)
    os._exit(0)


def handler(event, _):
    what = event.get("what")
    if what == "leave":
        leave_behind(event["port"])
        with socket.create_connection(("127.0.0.1", event["port"])) as own:
            own.sendall(b"x")
            time.sleep(event.get("stay", 0))
    if what == "print":
        for _ in range(event["megabytes"] * 1000000 // len(LINES)):
            os.write(1, LINES)
    while what == "print for ever":
        os.write(1, LINES)
    return os.getpid()
