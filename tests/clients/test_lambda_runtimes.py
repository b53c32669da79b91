"""Functions in real processes: Python, node (where the machine has it) and a bootstrap of one's own, through boto3."""
import base64
import io
import json
import shutil
import zipfile


PYTHON = '''
import ctypes, os, time
calls = 0
def handler(event, context):
    global calls
    calls += 1
    print("handling", event)
    what = event.get("what")
    if what == "raise": raise ValueError("no stock")
    if what == "exit": os._exit(3)
    if what == "crash": ctypes.string_at(0)
    if what == "hang": time.sleep(60)
    if what == "eat": return len(bytearray(600 * 1024 * 1024))
    if what == "large": return "x" * 6291600
    return {"calls": calls, "name": context.function_name, "time": context.get_remaining_time_in_millis() > 0}
'''
NODE = '''
exports.handler = async (event) => {
  console.log("handling", event);
  if (event.what === "throw") throw new TypeError("no stock");
  return event;
};
exports.callback = (event, context, callback) => setTimeout(() => callback(null, context.functionName), 1);
exports.nothing = () => {};
'''
SHELL = '''#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while headers=$(mktemp) && event=$(curl -sS -D "$headers" "$api/next"); do
  id=$(grep -i lambda-runtime-aws-request-id "$headers" | tr -d '\\r' | cut -d' ' -f2)
  curl -sS -o /dev/null -d "{\\"got\\":$event}" "$api/$id/response"
done
'''


def archive(name, text, mode=0o644):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        file.writestr(entry, text)
    return out.getvalue()


def test_runtimes(backlot):
    client = backlot.client("lambda")

    def create(name, runtime, handler, code, **more):
        client.create_function(
            FunctionName=name,
            Runtime=runtime,
            Handler=handler,
            Role="arn:aws:iam::000000000000:role/shop",
            Code={"ZipFile": code},
            **{"Timeout": 20, "MemorySize": 256, **more}
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name)

    def invoke(name, event):
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode(), LogType="Tail")
        return (
            json.loads(answer["Payload"].read()),
            answer.get("FunctionError"),
            base64.b64decode(answer["LogResult"]).decode(),
        )

    create("python", "python3.12", "app.handler", archive("app.py", PYTHON))
    create("hurried", "python3.12", "app.handler", archive("app.py", PYTHON), Timeout=1)
    create("missing", "python3.12", "nowhere.handler", archive("app.py", PYTHON))
    first, error, log = invoke("python", {"order": 1})
    assert error is None and first == {"calls": 1, "name": "python", "time": True}, ("a Python handler answers", first)
    assert "handling {'order': 1}\n" in log and "START RequestId" in log and "REPORT RequestId" in log, (
        "what it prints is its log",
        log,
    )
    assert invoke("python", {})[0]["calls"] == 2, "its instance stays warm"
    failed, error, _ = invoke("python", {"what": "raise"})
    assert (
        error == "Unhandled"
        and failed["errorType"] == "ValueError"
        and failed["errorMessage"] == "no stock"
        and failed["stackTrace"]
        == ['  File "/var/task/app.py", line 9, in handler\n    if what == "raise": raise ValueError("no stock")\n']
    ), ("an exception is an error of its own type", failed)
    for what, function, kind, message in (
        ("exit", "python", "Runtime.ExitError", "exit status 3"),
        ("crash", "python", "Runtime.ExitError", "segmentation fault"),
        ("eat", "python", "Runtime.OutOfMemory", "signal: killed"),
        ("hang", "hurried", "Sandbox.Timedout", "Task timed out after 1.00 seconds"),
        ("large", "python", "Function.ResponseSizeTooLarge", "6291556 bytes"),
        ("", "missing", "Runtime.ImportModuleError", "nowhere"),
    ):
        failed, error, _ = invoke(function, {"what": what})
        assert error == "Unhandled" and failed["errorType"] == kind and message in failed["errorMessage"], (
            "%s of %s" % (what, function),
            failed,
        )
    assert "calls" in invoke("python", {})[0], "a new instance begins after a crash"

    if shutil.which("node", path="/usr/bin:/usr/local/bin"):
        create("node", "nodejs20.x", "index.handler", archive("index.js", NODE))
        create("callback", "nodejs20.x", "index.callback", archive("index.js", NODE))
        create("nothing", "nodejs20.x", "index.nothing", archive("index.js", NODE))
        create(
            "module",
            "nodejs20.x",
            "app.handler",
            archive("app.mjs", "export const handler = async (event) => ({ module: true });\n"),
        )
        assert invoke("node", {"order": 1})[0] == {"order": 1}, "a node handler answers"
        failed, error, _ = invoke("node", {"what": "throw"})
        assert (
            error == "Unhandled"
            and failed["errorType"] == "TypeError"
            and failed["trace"][0] == "TypeError: no stock"
            and "/var/task/index.js" in failed["trace"][1]
        ), ("an exception of node", failed)
        assert invoke("callback", {})[0] == "callback", "a callback"
        assert invoke("nothing", {})[0] is None, "no answer at all is null"
        assert invoke("module", {})[0] == {"module": True}, "an ECMAScript module"
    if shutil.which("curl"):
        create("shell", "provided.al2023", "any", archive("bootstrap", SHELL, 0o755))
        assert invoke("shell", {"order": 1})[0] == {"got": {"order": 1}} and invoke("shell", {"order": 2})[0] == {
            "got": {"order": 2}
        }, "a bootstrap of one's own"
    create("bare", "provided.al2023", "any.thing", archive("README", "nothing to run"))
    assert invoke("bare", {})[0]["errorType"] == "Runtime.InvalidEntrypoint", "no bootstrap"
