"""The command line as a user meets it: every command, its text, its --json, its exit status."""
import json
import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest

from backlot import (
    CARD,
    DECLINED,
    ROOT,
    STAND_INS,
    TEMPLATE,
    Backlot,
    Customer,
    binary,
    free_port,
    request,
)

SEEDS = os.path.join(ROOT, "fixtures/seed")
STRAY = ("AWS_PROFILE", "AWS_ENDPOINT_URL", "BACKLOT_ENDPOINT", "GITHUB_ACTIONS", "NO_COLOR")
clean = {name: value for name, value in os.environ.items() if name not in STRAY}


class Run:
    """One command, run to its end."""

    def __init__(self, *arguments, endpoint=None, stdin=None, environment=None, cwd=ROOT):
        variables = {**clean, **({"BACKLOT_ENDPOINT": endpoint} if endpoint else {}), **(environment or {})}
        done = subprocess.run(
            [binary(), *arguments], input=stdin, capture_output=True, text=True, cwd=cwd, env=variables, timeout=120
        )
        self.arguments, self.status, self.out, self.err = arguments, done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return "backlot %s: status %d, out %r, err %r" % (
            " ".join(self.arguments),
            self.status,
            self.out[:600],
            self.err[:600],
        )


def exits(what, run, status):
    assert run.status == status, ("%s: exit status %d" % (what, status), run)


def says(what, run, *texts):
    for text in texts:
        assert text in run.out + run.err, ("%s says %r" % (what, text), run)


def envelope(what, run, status="ok"):
    """--json is one object with the members that every command has."""
    try:
        answer = run.json
    except ValueError:
        assert False, (what + ": --json is one object", run)
        return {}
    assert (
        answer.get("schemaVersion") == 1
        and answer.get("status") == status
        and answer.get("exitCode") == run.status
        and isinstance(answer.get("data"), dict)
        and isinstance(answer.get("warnings"), list)
    ), (what + ": the envelope", run)
    return answer.get("data", {})


def test_without_instance(folder, subtests):
    with subtests.test("help"):
        run = Run("--help")
        exits("--help", run, 0)
        commands = re.findall(r"^  ([a-z]+) {2,}", run.out[run.out.index("Subcommands:") :], re.M)
        for (
            needed
        ) in "up exec env deploy destroy invoke logs idle clock reset snapshot trace inbox status operations asl record down executions".split():
            assert needed in commands, ("--help lists " + needed, commands)
        for command in commands:
            for words in (
                ([command, "validate"], [command, "run"], [command, "graph"]) if command == "asl" else ([command],)
            ):
                shown = Run(*words, "--help")
                assert (
                    shown.status == 0 and "Example:\n  " in shown.out and "backlot" in shown.out.split("Example:")[1]
                ), ("%s --help shows an example" % " ".join(words), shown)
        assert re.fullmatch(r"\d+\.\d+\.\d+\n", Run("--version").out), ("--version", Run("--version"))

    with subtests.test("usage"):
        exits("no command", Run(), 2)
        exits("an unknown command", Run("frobnicate"), 2)
        says("an unknown command", Run("frobnicate"), "no command frobnicate")
        exits("help", Run("help"), 0)
        says("help of a command", Run("help", "clock"), "advance DURATION")
        exits("version", Run("version"), 0)
        exits("an unknown option", Run("idle", "--soon"), 2)
        exits("an operand that is missing", Run("invoke"), 2)
        exits("a word that is none of them", Run("clock", "backwards"), 2)
        exits("a parameter without a value", Run("up", "--param", "AdminEmails"), 2)
        exits("an unknown clock", Run("up", "--clock", "sundial", "--port", "0"), 2)
        exits("an account of 3 digits", Run("up", "--account", "123", "--port", "0"), 2)

    with subtests.test("nobody there"):
        nobody = "http://127.0.0.1:%d" % free_port()
        for words in (
            ["idle"],
            ["status"],
            ["trace"],
            ["logs"],
            ["env"],
            ["inbox"],
            ["reset"],
            ["clock", "advance", "1m"],
            ["snapshot", "list"],
            ["invoke", "f"],
            ["deploy", TEMPLATE],
            ["destroy", "shop"],
            ["executions"],
            ["record"],
            ["down"],
        ):
            run = Run(*words, endpoint=nobody)
            exits(" ".join(words) + " with no instance", run, 4)
            says(words[0], run, "no Backlot is running at " + nobody, "backlot up")
        run = Run("idle", "--json", endpoint=nobody)
        envelope("idle with no instance", run, "error")
        assert run.json["error"]["code"] == "NotRunning", "its error's code"
        exits("--endpoint goes before the environment", Run("idle", "--endpoint", "127.0.0.1:1", endpoint=nobody), 4)
        says("--endpoint", Run("idle", "--endpoint", "127.0.0.1:1", endpoint=nobody), "http://127.0.0.1:1")
        says("AWS_ENDPOINT_URL", Run("idle", environment={"AWS_ENDPOINT_URL": nobody}), nobody)
        exits("an https endpoint", Run("idle", "--endpoint", "https://sqs.us-east-1.amazonaws.com"), 2)

    with subtests.test("operations"):
        run = Run("operations", "--json")
        services = envelope("operations", run)["services"]
        assert "SendMessage" in services["sqs"] and "ReceiveMessage" in services["sqs"], (
            "operations knows SQS",
            services.keys(),
        )
        assert "HandleRequest" not in services["apigateway"], "internal operations are not listed"
        assert run.json["data"]["total"] == sum(map(len, services.values())), "the total"
        table = Run("operations", "--markdown").out.splitlines()
        assert (table + [""]).index("") == len(services) + 2, "a Markdown line a service"
        assert table[0].startswith("| Service") and table[1].startswith("|---"), (
            "the Markdown table has a head",
            table[:2],
        )
        ignored = envelope("operations", Run("operations", "--ignored", "--json"))["ignored"]
        assert all(
            one["service"] in services and one["member"] and one["reason"] for one in ignored
        ), "what is ignored has a reason"
        says("operations of one service", Run("operations", "sts"), "GetCallerIdentity")
        exits("operations of a service that is not there", Run("operations", "mainframe"), 1)

    with subtests.test("asl"):
        definition = os.path.join(ROOT, "functions/checkout.asl.json")
        exits("asl validate", Run("asl", "validate", definition), 0)
        bad = os.path.join(folder, "bad.asl.json")
        with open(bad, "w") as file:
            file.write(
                '{\n  "StartAt": "Pay",\n  "States": {\n    "Pay": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Gone"}\n  }\n}\n'
            )
        run = Run("asl", "validate", bad)
        exits("asl validate of a bad definition", run, 3)
        says("asl validate", run, bad + ":4:", "error", "Gone", "MISSING_TRANSITION_TARGET")
        found = envelope("asl validate", Run("asl", "validate", bad, "--json"), "failed")
        assert found["diagnostics"][0]["line"] == 4 and found["diagnostics"][0]["column"] > 1, (
            "a finding has line and column",
            found,
        )
        says(
            "in GitHub Actions",
            Run("asl", "validate", bad, environment={"GITHUB_ACTIONS": "true"}),
            "::error file=%s,line=4,col=" % bad,
        )
        exits("asl validate of no file", Run("asl", "validate", "/nowhere.json"), 3)
        assert Run("asl", "validate", "-", stdin=open(definition).read()).status == 0, "asl validate of standard input"

        machine, mocks = os.path.join(folder, "pay.asl.json"), os.path.join(folder, "mocks.json")
        with open(machine, "w") as file:
            json.dump(
                {
                    "StartAt": "Pay",
                    "States": {
                        "Pay": {
                            "Type": "Task",
                            "Resource": "arn:aws:lambda:us-east-1:000000000000:function:pay",
                            "Next": "Rest",
                            "Retry": [{"ErrorEquals": ["Timeout"], "IntervalSeconds": 5, "MaxAttempts": 2}],
                        },
                        "Rest": {"Type": "Wait", "Seconds": 3600, "End": True},
                    },
                },
                file,
            )
        with open(mocks, "w") as file:
            json.dump({"Pay": [{"Throw": {"Error": "Timeout", "Cause": "slow"}}, {"Return": {"paid": True}}]}, file)
        run = Run("asl", "run", machine, "--input", '{"orderId": "ORDER#1"}')
        exits("asl run without a mock", run, 3)
        says("asl run without a mock", run, "function:pay", '{"orderId": "ORDER#1"}')
        run = Run("asl", "run", machine, "--mock", mocks, "-q")
        assert (run.status, run.out) == (0, '{"paid":true}\n'), "asl run -q prints the output alone"
        says(
            "asl run",
            Run("asl", "run", machine, "--mock", mocks),
            "Pay",
            "✗ Timeout",
            "slow",
            "+5.000",
            "SUCCEEDED",
            "after 1 h",
        )
        data = envelope("asl run", Run("asl", "run", machine, "--mock", mocks, "--json"))
        assert (data["status"], data["output"], data["seconds"], data["history"][0]["type"]) == (
            "SUCCEEDED",
            {"paid": True},
            3605.0,
            "ExecutionStarted",
        ), "asl run --json"
        says(
            "asl run --history",
            Run("asl", "run", machine, "--mock", mocks, "--history"),
            "LambdaFunctionScheduled",
            "ExecutionSucceeded",
        )
        with open(mocks, "w") as file:
            json.dump({"Pay": {"Throw": {"Error": "Declined"}}}, file)
        exits("asl run of an execution that fails", Run("asl", "run", machine, "--mock", mocks), 1)
        exits("asl run with bad input", Run("asl", "run", machine, "--input", "{"), 3)
        run = Run("asl", "graph", machine)
        assert run.status == 0 and run.out.startswith("stateDiagram-v2\n") and '"Pay"' in run.out, ("asl graph", run)

    with subtests.test("deploy --dry-run"):
        run = Run("deploy", TEMPLATE, "--dry-run")
        exits("deploy --dry-run", run, 0)
        says("deploy --dry-run", run, "AWS::DynamoDB::Table", "template.yaml:")
        broken = os.path.join(folder, "template.yaml")
        with open(broken, "w") as file:
            file.write(
                "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Ref Missing\n"
            )
        run = Run("deploy", broken, "--dry-run")
        exits("a template with an error", run, 3)
        says("a template with an error", run, "template.yaml:", "Missing")


def test_exec_and_up(folder, subtests):
    with subtests.test("exec"):
        script = 'printf "%s|" "$AWS_ENDPOINT_URL" "$AWS_REGION" "$AWS_DEFAULT_REGION" "$BACKLOT_ENDPOINT" "$API_URL" "$STRIPE_API_BASE" "$AWS_PROFILE" "$AWS_EC2_METADATA_DISABLED"; exit 7'
        run = Run(
            "exec",
            TEMPLATE,
            "--stand-in",
            STAND_INS[0],
            "--seed-data",
            SEEDS,
            "--clock",
            "virtual",
            "--",
            "sh",
            "-c",
            script,
            environment={"AWS_PROFILE": "production"},
        )
        exits("exec ends as its child", run, 7)
        endpoint, region, default, backlot, api, stripe, profile, metadata = run.out.split("|")[:8]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", endpoint) and not endpoint.endswith(":4566"), (
            "exec: a free port",
            run,
        )
        assert (region, default, backlot, profile, metadata) == (
            "us-east-1",
            "us-east-1",
            endpoint,
            "",
            "true",
        ), "exec: both region variables, the endpoint, no profile"
        assert api.startswith(endpoint + "/_aws/execute-api/") and stripe.startswith("http://127.0.0.1:"), (
            "exec: API_URL and the stand-in",
            run,
        )
        try:
            request(endpoint + "/_backlot/health", timeout=5)
            assert False, "exec tears down"
        except OSError:
            assert True, "exec tears down"
        run = Run(
            "exec",
            TEMPLATE,
            "--seed-data",
            SEEDS,
            "--clock",
            "virtual",
            "--",
            "sh",
            "-c",
            'curl -s "$API_URL/products" && backlot idle -q',
        )
        assert run.status == 0 and "PROD#" in run.out, ("exec: the shop answers, and backlot is in reach", run)
        run = Run("exec", "-q", "--", "cat", stdin="standard input\n")
        assert (run.status, run.out, run.err) == (
            0,
            "standard input\n",
            "",
        ), "exec hands standard input on, and -q is silent"
        exits("exec without a command", Run("exec"), 2)
        exits("exec of no program", Run("exec", "--", "no-such-program"), 127)
        exits("exec of a child that is killed", Run("exec", "--", "sh", "-c", "kill -9 $$"), 128 + 9)
        exits("exec of a bad template", Run("exec", os.path.join(folder, "template.yaml"), "--", "true"), 3)
        exits("exec of a missing template", Run("exec", "/nowhere.yaml", "--", "true"), 3)
        exits("exec with bad options", Run("exec", "--clock", "sundial", "--", "true"), 2)
        data = Run("exec", "--json", "--", "sh", "-c", "exit 3").json
        assert (data["command"], data["status"], data["data"]["childStatus"]) == ("exec", "failed", 3), "exec --json"
        piped = subprocess.run(
            ["bash", "-c", '"$0" exec -q -- cat <(echo from a substitution)', binary()],
            capture_output=True,
            text=True,
            env=clean,
        )
        assert piped.stdout == "from a substitution\n", "exec hands open files on"
        held = Run("exec", "-q", "--", "sh", "-c", "ls /proc/$$/fd").out.split()
        assert len(held) <= 4, ("exec keeps its own files to itself", held)
        exits(
            "exec: what follows -- is the child's",
            Run("exec", "--", "sh", "-c", '[ "$1" = --json ]', "sh", "--json"),
            0,
        )

    with subtests.test("exec and signals"):
        child = subprocess.Popen(
            [
                binary(),
                "exec",
                "-q",
                "--",
                "sh",
                "-c",
                'trap "echo told; exit 9" TERM; echo started; while :; do sleep 0.05; done',
            ],
            stdout=subprocess.PIPE,
            text=True,
            env=clean,
        )
        assert child.stdout.readline() == "started\n", "the child starts"
        child.send_signal(signal.SIGTERM)
        assert (child.stdout.read(), child.wait(20)) == (
            "told\n",
            9,
        ), "SIGTERM reaches the child, which ends in its own way"
        child.stdout.close()

    with subtests.test("up"):
        taken = Backlot().start()
        port = taken.endpoint.rsplit(":", 1)[1]
        run = Run("up", "--port", port)
        exits("a port that is taken", run, 4)
        says("a port that is taken", run, port)
        exits("down", Run("down", endpoint=taken.endpoint), 0)
        assert taken.process.wait(20) == 0, "down stops it"
        taken.stop()
        child = subprocess.Popen(
            [binary(), "up", "--port", "0", "--clock", "virtual", "--start", "2026-01-05T09:00:00Z", "--json"],
            stdout=subprocess.PIPE,
            text=True,
            env=clean,
        )
        first = json.loads(child.stdout.readline())
        assert (first["command"], first["status"], first["data"]["clock"], first["data"]["now"]) == (
            "up",
            "ok",
            "virtual",
            "2026-01-05T09:00:00.000Z",
        ), "up --json"
        assert first["data"]["environment"]["AWS_ENDPOINT_URL"] == first["data"]["endpoint"], "its environment"
        child.terminate()
        assert child.wait(20) == 0, "SIGTERM ends it well"
        child.stdout.close()


@pytest.fixture(scope="module")
def backlot():
    with Backlot.shop(seeds=[SEEDS], more=["--api-port", "0"]) as server:
        yield server


def test_with_instance(backlot, folder, subtests):
    def run(*arguments, **more):
        return Run(*arguments, endpoint=backlot.endpoint, **more)

    with subtests.test("status, env"):
        exits("status", run("status"), 0)
        says(
            "status",
            run("status"),
            backlot.endpoint,
            "ready",
            "virtual",
            "2026-01-05T09:00:00.000Z",
            backlot.api,
            "stripe",
        )
        data = envelope("status", run("status", "--json"))
        assert (data["stage"], data["clock"], data["seed"], data["apis"]) == (
            "ready",
            "virtual",
            42,
            [backlot.api],
        ), "status --json"
        lines = run("env").out
        printed = subprocess.run(
            ["sh", "-c", lines + '\nprintf "%s %s %s" "$AWS_ENDPOINT_URL" "$AWS_DEFAULT_REGION" "$API_URL"'],
            capture_output=True,
            text=True,
            env={**clean, "AWS_PROFILE": "x"},
        ).stdout
        assert printed == "%s us-east-1 %s" % (backlot.endpoint, backlot.api), "a shell takes env's lines"
        says("env", run("env"), "unset AWS_PROFILE")
        assert envelope("env", run("env", "--json"))["variables"]["BACKLOT_ENDPOINT"] == backlot.endpoint, "env --json"
        for shell, text in (
            ("fish", "set -gx AWS_REGION 'us-east-1'"),
            ("pwsh", "$env:AWS_REGION = 'us-east-1'"),
            ("dotenv", "\nAWS_REGION=us-east-1\n"),
        ):
            says("env --shell " + shell, run("env", "--shell", shell), text)
        exits("env for no shell", run("env", "--shell", "tcsh"), 2)

    with subtests.test("a checkout"):
        asha = Customer(backlot, "asha@example.com")
        asha.add_to_cart("PROD#book", 2)
        answer = asha.check_out(CARD)
        order = answer.json["orderId"].split("#")[1]
        shown = run("idle")
        exits("idle", shown, 0)
        says("idle", shown, "idle", "2026-01-05T09:00:00.000Z")
        assert envelope("idle", run("idle", "--json"))["idle"] is True, "idle --json"

        tree = run("trace")
        exits("trace", tree, 0)
        says(
            "trace",
            tree,
            "POST /checkout",
            "lambda checkoutLambda",
            "states StartExecution checkout-orchestrator/ORDER-" + order,
            "processPayment",
            "stripe POST /v1/payment_intents",
            "events PutEvents shop-bus  order.done → 3 of",
            "sqs queue analytics-queue",
            "ExecutionSucceeded",
            "+0.000",
            " ms",
        )
        assert "TakeTurn" not in tree.out and "AppendLogs" not in tree.out, ("trace hides the plumbing", tree)
        says("trace --all", run("trace", "--all"), "AppendLogs", "TaskEnded")
        data = envelope("trace", run("trace", order, "--json"))
        assert data["tree"][0]["what"] == "POST /checkout", "a trace found by the order"
        assert run("trace", data["id"]).out == tree.out, "a trace by its id"
        says("trace --list", run("trace", "--list"), data["id"], "POST /checkout", "POST /user/register")
        exits("a trace of nothing", run("trace", "nothing-like-it"), 1)
        exits("a trace that is not there", run("trace", "1-00000000-000000000000000000000000"), 1)
        says("record", run("record", "--service", "states"), "StartExecution")
        entries = envelope("record", run("record", "--service", "sqs", "--limit", "3", "--json"))["events"]
        assert len(entries) == 3 and all(entry["service"] == "sqs" for entry in entries), (
            "record --service --limit",
            entries,
        )
        says("executions", run("executions"), "SUCCEEDED", "checkout-orchestrator", "ORDER-" + order)
        assert (
            envelope("executions", run("executions", "--status", "FAILED", "--json"))["executions"] == []
        ), "executions --status"

    with subtests.test("inbox"):
        says("inbox", run("inbox"), "asha@example.com", "Your order ORDER#%s is confirmed" % order)
        mails = envelope("inbox", run("inbox", "--subject", "confirmed", "--json"))["messages"]
        assert [mail["to"] for mail in mails] == [["asha@example.com"]], "inbox --subject"
        assert (
            envelope("inbox", run("inbox", "--to", "nobody@example.com", "--json"))["messages"] == []
        ), "inbox --to somebody else"
        says(
            "inbox show",
            run("inbox", "show", str(mails[0]["number"])),
            "Subject  Your order",
            "To       asha@example.com",
        )
        assert (
            run("inbox", "show", mails[0]["id"]).out == run("inbox", "show", str(mails[0]["number"])).out
        ), "inbox show by id"
        exits("inbox show of none", run("inbox", "show", "999"), 1)
        exits("inbox wait", run("inbox", "wait", "--to", "asha", "--subject", "CONFIRMED"), 0)
        exits("inbox wait in vain", run("inbox", "wait", "--to", "nobody"), 1)

    with subtests.test("invoke, logs"):
        event = os.path.join(ROOT, "fixtures/events/list-products.json")
        shown = run("invoke", "list-products", "-e", event)
        assert shown.status == 0 and json.loads(shown.out)["statusCode"] == 200, (
            "invoke prints the payload alone",
            shown,
        )
        assert "START RequestId" in shown.err and "REPORT RequestId" in shown.err, (
            "the log goes to standard error",
            shown,
        )
        assert (
            run("invoke", "list-products", "-e", "-", stdin=open(event).read()).out == shown.out
        ), "invoke with the event on standard input"
        assert run("invoke", "list-products", "-e", event, "-q").err == "", "invoke -q has no log"
        data = envelope("invoke", run("invoke", "list-products", "-e", event, "--json"))
        assert (data["statusCode"], data["payload"]["statusCode"]) == (200, 200), "invoke --json"
        failed = run("invoke", "validate-order", "-e", '{"orderId": 7}')
        exits("invoke of a function that fails", failed, 1)
        assert "errorMessage" in json.loads(failed.out), ("its error is the payload", failed)
        says("its kind is told", failed, "FunctionError: Unhandled")
        envelope("invoke that fails", run("invoke", "validate-order", "-e", '{"orderId": 7}', "--json"), "failed")
        exits("invoke --async", run("invoke", "list-products", "--async"), 0)
        exits("invoke --dry-run", run("invoke", "list-products", "--dry-run"), 0)
        exits("invoke of no function", run("invoke", "no-such-function"), 1)
        exits("invoke with an event that is not JSON", run("invoke", "list-products", "-e", "{"), 3)
        exits("invoke with an event that is not there", run("invoke", "list-products", "-e", "missing.json"), 3)
        run("idle")
        says("logs of a function", run("logs", "process-payment"), "START RequestId", "REPORT RequestId")
        assert "process-payment" not in run("logs", "process-payment").out, "its lines do not repeat its name"
        says("logs of all", run("logs"), "process-payment", "validate-order", "list-products")
        assert (
            run("logs", "/aws/lambda/process-payment").out == run("logs", "process-payment").out
        ), "logs of a group is logs of its function"
        assert len(run("logs", "-n", "5").out.splitlines()) == 5, "logs -n"
        assert all(
            "REPORT" in line for line in run("logs", "list-products", "--filter", "REPORT").out.splitlines()
        ), "logs --filter"
        exits("logs of nothing", run("logs", "no-such-function"), 1)
        events = envelope("logs", run("logs", "process-payment", "--json"))["events"]
        assert events[0]["logGroupName"] == "/aws/lambda/process-payment" and events[0]["message"].startswith(
            "INIT_START"
        ), ("logs --json", events[:1])
        follow = subprocess.Popen(
            [binary(), "logs", "-f", "get-product", "--json"],
            stdout=subprocess.PIPE,
            text=True,
            env={**clean, "BACKLOT_ENDPOINT": backlot.endpoint},
        )
        time.sleep(0.3)
        run("invoke", "get-product", "-e", os.path.join(ROOT, "fixtures/events/get-product.json"))
        ready = select.select([follow.stdout], [], [], 20)[0]
        line = json.loads(follow.stdout.readline()) if ready else {}
        assert line.get("logGroupName") == "/aws/lambda/get-product", ("logs -f goes on, a line of JSON an event", line)
        follow.terminate()
        follow.wait()
        follow.stdout.close()

    with subtests.test("clock, snapshots"):
        run("idle")
        before = envelope("clock", run("clock", "--json"))["now"]
        says("clock", run("clock"), before, "virtual")
        exits("snapshot save", run("snapshot", "save", "before"), 0)
        says("snapshot list", run("snapshot", "list"), "before")
        says("clock advance", run("clock", "advance", "1h"), "2026-01-05T10:00:00.000Z")
        says("clock set", run("clock", "set", "2026-01-06T00:00:00Z"), "2026-01-06T00:00:00.000Z")
        exits("clock next", run("clock", "next"), 0)
        exits("a clock goes only forward", run("clock", "set", "2026-01-05T00:00:00Z"), 2)
        exits("clock advance without its operand", run("clock", "advance"), 2)
        exits("clock advance by no duration", run("clock", "advance", "soon"), 2)
        says("clock auto", run("clock", "auto"), "auto")
        says("clock freeze", run("clock", "freeze"), "virtual")
        exits("clock mode sundial", run("clock", "mode", "sundial"), 2)
        shown = run("snapshot", "load", "before")
        exits("snapshot load", shown, 0)
        says("snapshot load", shown, before)
        file = os.path.join(folder, "mine.snapshot")
        exits("snapshot save --file", run("snapshot", "save", "--file", file), 0)
        assert os.path.getsize(file) > 1000, "the file is there"
        exits("snapshot load --file", run("snapshot", "load", "--file", file), 0)
        with open(file, "r+b") as damaged:
            damaged.seek(os.path.getsize(file) // 2)
            damaged.write(b"damage" * 10000)
        says(
            "a damaged file is not loaded",
            run("snapshot", "load", file),
            "cannot be loaded",
            "everything stays as it is",
        )
        exits("a damaged file", run("snapshot", "load", file), 1)
        exits("a file that is not there", run("snapshot", "load", "./nowhere.blt"), 1)
        exits("a folder", run("snapshot", "load", folder), 1)
        exits("a file with a slash", run("snapshot", "save", file), 0)
        exits("what passed through the instance is gone from it", run("snapshot", "list"), 0)
        assert [each["name"] for each in envelope("list", run("snapshot", "list", "--json"))["snapshots"]] == [
            "before"
        ], "what is left"
        exits("a folder that is not there", run("snapshot", "save", os.path.join(folder, "none", "x.blt")), 1)
        assert sorted(name for name in os.listdir(folder) if "snapshot" in name or name.startswith(".")) == [
            "mine.snapshot"
        ], "files that the command line made"
        exits("snapshot delete", run("snapshot", "delete", "before"), 0)
        exits("snapshot load of none", run("snapshot", "load", "before"), 1)
        exits("a name that is none", run("snapshot", "save", "..x"), 2)
        exits("snapshot save of no name", run("snapshot", "save"), 2)
        assert (
            len(envelope("executions", run("executions", "--json"))["executions"]) == 1
        ), "what was loaded works: the order is there"

    with subtests.test("a declined card"):
        asha.add_to_cart("PROD#book", 1)
        asha.check_out(DECLINED)
        backlot.settle()
        says("trace of a failure", run("trace"), "✗ PaymentDeclined", "releaseInventory", "ExecutionFailed")
        master, slave = pty.openpty()
        child = subprocess.Popen(
            [binary(), "trace"],
            stdout=slave,
            stderr=slave,
            env={**clean, "BACKLOT_ENDPOINT": backlot.endpoint, "TERM": "xterm"},
        )
        os.close(slave)
        seen = b""
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            seen += more
        child.wait()
        os.close(master)
        assert b"\033[31m" in seen, ("on a terminal there are colours", seen[:200])
        assert "\033" not in run("trace").out, "else there are none"

    with subtests.test("idle in vain"):
        slow = os.path.join(folder, "slow")
        os.makedirs(slow)
        with open(os.path.join(slow, "slow.py"), "w") as file:
            file.write("import time\ndef handler(event, context):\n    time.sleep(20)\n")
        template = os.path.join(slow, "template.yaml")
        with open(template, "w") as file:
            file.write(
                "Transform: AWS::Serverless-2016-10-31\nParameters:\n  Name: {Type: String}\nResources:\n  Slow:\n    Type: AWS::Serverless::Function\n    Properties:\n"
                "      FunctionName: !Ref Name\n      Runtime: python3.11\n      Handler: slow.handler\n      CodeUri: .\n      Timeout: 30\n"
                "Outputs:\n  Arn: {Value: !GetAtt Slow.Arn}\n"
            )
        exits("deploy without a parameter", run("deploy", template), 3)
        shown = run("deploy", template, "--param", "Name=slow-one", "--stack", "slow-stack")
        exits("deploy", shown, 0)
        says("deploy", shown, "deployed slow-stack: ", "Arn  ", "function:slow-one")
        data = envelope(
            "deploy", run("deploy", template, "--param", "Name=slow-one", "--stack", "slow-stack", "--json")
        )
        assert data["outputs"]["Arn"].endswith(":function:slow-one") and data["stack"] == "slow-stack", (
            "deploy --json has the outputs",
            data,
        )
        exits("deploy of a file that is not there", run("deploy", "/nowhere.yaml"), 3)
        run("invoke", "slow-one", "--async")
        shown = run("idle", "--timeout", "300ms")
        exits("idle that takes too long", shown, 5)
        says("idle that takes too long", shown, "still busy", "slow-one")
        envelope("idle in vain", run("idle", "--timeout", "100ms", "--json"), "failed")
        exits("idle for no duration", run("idle", "--timeout", "soon"), 2)
        shown = run("destroy", "slow-stack")
        exits("destroy", shown, 0)
        exits("what is destroyed is gone", run("invoke", "slow-one"), 1)
        exits("destroy of no stack", run("destroy", "no-such-stack"), 1)

    with subtests.test("inbox clear, destroy, reset"):
        exits("inbox clear", run("inbox", "clear"), 0)
        assert envelope("inbox", run("inbox", "--json"))["messages"] == [], "an empty inbox"
        exits("destroy by the template", run("destroy", TEMPLATE), 0)
        assert envelope("status", run("status", "--json"))["apis"] == [], "no API is left"
        exits("reset", run("reset"), 0)
        assert envelope("executions", run("executions", "--json"))["executions"] == [], "nothing is left"
        assert (
            envelope("clock", run("clock", "--json"))["now"] == "2026-01-05T09:00:00.000Z"
        ), "reset begins at the start"
