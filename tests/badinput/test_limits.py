"""The process at the edge of what the machine gives it: closed standard files, few descriptors, more clients than it
keeps."""
import os
import resource
import shutil
import socket
import subprocess
import time

from backlot import Backlot, binary, free_port, request


def connect(backlot):
    port = int(backlot.endpoint.rsplit(":", 1)[1])
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def healthy(backlot, within=5):
    """Served soon, by a client that comes anew."""
    began = time.monotonic()
    answer = request(backlot.endpoint + "/_backlot/health", timeout=within)
    return answer.status == 200 and time.monotonic() - began < within


def cpu_seconds(backlot):
    fields = open("/proc/%d/stat" % backlot.process.pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_closed_standard_files(folder):
    """Whatever of standard input, output and error is closed, no file of ours takes its place."""
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        data, port = os.path.join(folder, "data" + str(len(closed))), free_port()
        process = subprocess.Popen(
            ["sh", "-c", "exec %s up --data %s --port %d --verbose %s" % (binary(), data, port, closed)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(200):
                try:
                    if request("http://127.0.0.1:%d/_backlot/ready" % port).status == 200:
                        break
                except OSError:
                    time.sleep(0.05)
            made = request(
                "http://127.0.0.1:%d/_backlot/call/sqs/CreateQueue" % port,
                "POST",
                {"QueueName": "kept"},
                {"X-Backlot": "1"},
            )
            assert made.status == 200, "with %s an operation" % closed
            places = [os.readlink("/proc/%d/fd/%d" % (process.pid, file)) for file in (0, 1, 2)]
            assert all(place.startswith(("/dev/", "pipe:")) for place in places), (
                "with %s the standard files are none of ours" % closed,
                places,
            )
        finally:
            process.terminate()
            process.wait(20)
        with Backlot(data=data) as again:
            assert [url.rsplit("/", 1)[1] for url in again.client("sqs").list_queues().get("QueueUrls", [])] == [
                "kept"
            ], ("with %s the data is whole" % closed)


def test_idle_connections():
    """More clients that say nothing than are kept: a new one is served at once."""
    wanted = 4096 + 50
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted + 100:
        wanted = hard - 100
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted + 100, hard))
    with Backlot() as backlot:
        idle = [connect(backlot) for _ in range(wanted)]
        assert healthy(backlot), "beside %d idle connections a new client is served" % wanted
        assert healthy(backlot), "and another"
        for connection in idle:
            connection.close()
        assert healthy(backlot), "when they have gone"
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_few_descriptors():
    """As many clients at work as there are descriptors: the server waits for one, and does not burn the processor
    meanwhile."""
    with Backlot() as backlot:
        resource.prlimit(
            backlot.process.pid, resource.RLIMIT_NOFILE, (48, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        )
        url = backlot.client("sqs").create_queue(QueueName="empty")["QueueUrl"]
        body = ("Action=ReceiveMessage&Version=2012-11-05&WaitTimeSeconds=20&QueueUrl=" + url).encode()
        poll = (
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Amz-Date: 20260105T090000Z\r\nAuthorization: AWS4-HMAC-SHA256 "
            b"Credential=test/20260105/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=00\r\nContent-Length: %d\r\n\r\n"
            % len(body)
        ) + body
        waiting = [connect(backlot) for _ in range(60)]
        for connection in waiting:
            connection.sendall(poll)
        time.sleep(0.3)
        before = cpu_seconds(backlot)
        time.sleep(1)
        assert cpu_seconds(backlot) - before < 0.3, ("without descriptors it waits", cpu_seconds(backlot) - before)
        for connection in waiting:
            connection.close()
        assert healthy(backlot, within=10), "and serves when there are some"


def test_the_wall_clock(folder):
    """A wait of two seconds, while the machine's clock is set back by a day."""
    faketime = shutil.which("faketime")
    if not faketime:
        return
    library = next(
        (
            os.path.join(where, name)
            for where, _, names in os.walk("/usr/lib")
            for name in names
            if name == "libfaketime.so.1"
        ),
        None,
    )
    offset = os.path.join(folder, "offset")

    def set_clock(text):
        with open(offset + ".new", "w") as file:
            file.write(text)
        os.rename(offset + ".new", offset)

    set_clock("+0")
    environment = {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": offset,
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    with Backlot(clock="real", environment=environment) as backlot:
        states = backlot.client("stepfunctions")
        machine = states.create_state_machine(
            name="wait",
            roleArn="arn:aws:iam::000000000000:role/x",
            definition='{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 2, "End": true}}}',
        )["stateMachineArn"]
        for by in ("-1d", "+1d"):
            execution = states.start_execution(stateMachineArn=machine)["executionArn"]
            time.sleep(0.2)
            set_clock(by)
            began = time.monotonic()
            while (
                states.describe_execution(executionArn=execution)["status"] == "RUNNING"
                and time.monotonic() - began < 10
            ):
                time.sleep(0.1)
            assert time.monotonic() - began < 4, (
                "a Wait of 2 s ends in 2 s with the clock at " + by,
                time.monotonic() - began,
            )
