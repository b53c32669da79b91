"""Runs Python handlers under the machine's interpreter: a client of the Lambda Runtime API.

Behaves as AWS's managed runtime does where a handler can see it: the context object, what a failure looks like, the
format of log lines. Uses the standard library alone.
"""
import importlib
import json
import logging
import os
import sys
import time
import traceback
import types
from http.client import HTTPConnection

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
ROOT = os.environ["LAMBDA_TASK_ROOT"]
PREFIX = "/2018-06-01/runtime/"
OWN_FILE = os.path.abspath(__file__)


class RuntimeApi:
    def __init__(self):
        self.connection = HTTPConnection(API)

    def exchange(self, method, path, body=None, headers=None):
        self.connection.request(method, PREFIX + path, body=body, headers=headers or {})
        response = self.connection.getresponse()
        return response, response.read()

    def report(self, path, failure):
        self.exchange(
            "POST",
            path,
            json.dumps(failure).encode(),
            {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": failure["errorType"]},
        )


class CognitoIdentity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """What a handler gets as its second argument. Source: AWS Lambda Developer Guide, "Python context object"."""

    def __init__(self, headers):
        environment = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = environment["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environment["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environment["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = CognitoIdentity()
        client = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = types.SimpleNamespace(**json.loads(client)) if client else None
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])
        # Backlot's own: the world's time in milliseconds since 1970.
        self.backlot_time_ms = int(headers.get("Lambda-Runtime-Backlot-Time") or time.time() * 1000)

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class LogHandler(logging.Handler):
    """Root logging as AWS sets it up: "[LEVEL]\\tTIME\\tREQUEST\\tmessage"."""

    def emit(self, record):
        record.aws_request_id = current.get("id", "")
        sys.stdout.write(self.format(record))
        sys.stdout.flush()


current = {}


def at_aws(text):
    """Paths as they are on AWS, and the same on every machine."""
    return text.replace(ROOT, "/var/task")


def failure_of(error, request_id=None):
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if os.path.abspath(frame.filename) != OWN_FILE and not frame.filename.startswith("<frozen importlib")
    ]
    failure = {"errorMessage": at_aws(str(error)), "errorType": type(error).__name__}
    if request_id is not None:
        failure["requestId"] = request_id
    # Without columns: AWS's runtime prints no marks below the line.
    plain = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in frames]
    failure["stackTrace"] = [at_aws(line) for line in traceback.format_list(plain)]
    return failure


def log_failure(failure):
    lines = "".join(failure["stackTrace"])
    print(
        "[ERROR] %s: %s\nTraceback (most recent call last):\n%s"
        % (failure["errorType"], failure["errorMessage"], lines),
        flush=True,
    )


class StartFailure(Exception):
    def __init__(self, failure):
        super().__init__(failure["errorMessage"])
        self.failure = failure


def load(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise StartFailure(
            {
                "errorType": "Runtime.MalformedHandlerName",
                "requestId": "",
                "stackTrace": [],
                "errorMessage": "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name,
            }
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise StartFailure(
            {
                "errorType": "Runtime.ImportModuleError",
                "requestId": "",
                "stackTrace": [],
                "errorMessage": "Unable to import module '%s': %s" % (module_name, at_aws(str(error))),
            }
        )
    except SyntaxError as error:
        raise StartFailure(
            {
                "errorType": "Runtime.UserCodeSyntaxError",
                "requestId": "",
                "stackTrace": [
                    '  File "%s" Line %s\n    %s\n'
                    % (at_aws(error.filename or ""), error.lineno, (error.text or "").rstrip())
                ],
                "errorMessage": "Syntax error in module '%s': %s" % (module_name, at_aws(str(error))),
            }
        )
    except Exception as error:
        raise StartFailure(failure_of(error, ""))
    handler = getattr(module, function_name, None)
    if handler is None:
        raise StartFailure(
            {
                "errorType": "Runtime.HandlerNotFound",
                "requestId": "",
                "stackTrace": [],
                "errorMessage": "Handler '%s' missing on module '%s'" % (function_name, module_name),
            }
        )
    return handler


def encode(value):
    if isinstance(value, bytes):  # AWS takes bytes for the payload itself
        return value

    def other(value):
        if type(value).__name__ == "Decimal":
            return float(value)
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

    return json.dumps(value, default=other).encode()


def main():
    sys.stdout.reconfigure(line_buffering=True)
    sys.path.insert(0, ROOT)
    root = logging.getLogger()
    handler = LogHandler()
    handler.setFormatter(
        logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )
    )
    logging.Formatter.converter = time.gmtime
    root.addHandler(handler)

    api = RuntimeApi()
    try:
        function = load(os.environ["_HANDLER"])
    except StartFailure as error:
        log_failure(error.failure)
        api.report("init/error", error.failure)
        sys.exit(1)

    while True:
        response, body = api.exchange("GET", "invocation/next")
        headers = response.headers
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        current["id"] = request_id
        if headers.get("Lambda-Runtime-Trace-Id"):
            os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
        try:
            try:
                event = json.loads(body or b"{}")
            except ValueError as error:
                raise StartFailure(
                    {
                        "errorType": "Runtime.UnmarshalError",
                        "requestId": request_id,
                        "stackTrace": [],
                        "errorMessage": "Unable to unmarshal input: %s" % error,
                    }
                )
            result = function(event, Context(headers))
            try:
                answer = encode(result)
            except (TypeError, ValueError) as error:
                raise StartFailure(
                    {
                        "errorType": "Runtime.MarshalError",
                        "requestId": request_id,
                        "stackTrace": [],
                        "errorMessage": "Unable to marshal response: %s" % error,
                    }
                )
        except StartFailure as error:
            log_failure(error.failure)
            sys.stdout.flush()
            api.report("invocation/%s/error" % request_id, error.failure)
        except Exception as error:
            failure = failure_of(error, request_id)
            log_failure(failure)
            sys.stdout.flush()
            api.report("invocation/%s/error" % request_id, failure)
        else:
            sys.stdout.flush()
            api.exchange("POST", "invocation/%s/response" % request_id, answer, {"Content-Type": "application/json"})


main()
