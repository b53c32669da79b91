"""Backlot as the tests start it: a free port, no waiting by the clock, nothing left behind.

    with Backlot(template=SHOP) as backlot:
        backlot.client("dynamodb").list_tables()
        backlot.idle()

The binary is $BACKLOT, else build/release/backlot, else build/debug/backlot.
"""
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TEMPLATE = os.path.join(ROOT, "functions/template.yaml")
STAND_INS = [os.path.join(ROOT, "fixtures/stripe.lua"), os.path.join(ROOT, "fixtures/razorpay.lua")]
START = "2026-01-05T09:00:00Z"  # where the virtual clock of a test begins
READY_SECONDS = 120


def setting(name, otherwise):
    """A test's size, by an environment variable: ROUNDS=200 pytest tests/crash/test_checkout.py."""
    value = os.environ.get(name, otherwise)
    return value not in ("", "0", False) if isinstance(otherwise, bool) else type(otherwise)(value)


def binary():
    for candidate in (os.environ.get("BACKLOT"), ROOT + "/build/release/backlot", ROOT + "/build/debug/backlot"):
        if candidate and os.access(candidate, os.X_OK):
            return os.path.abspath(candidate)
    raise FileNotFoundError("there is no backlot to test: build it, or name it in BACKLOT")


def free_port():
    """A port that stays ours while a server on it is killed and started again: below those that the kernel gives to
    clients."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(20000, 32000)))
                return probe.getsockname()[1]
            except OSError:
                pass


class Answer:
    """What came over HTTP. `headers` is read by names in lower case."""

    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.headers = {name.lower(): value for name, value in headers}

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return "%d %s" % (self.status, self.body[:300])


def request(url, method="GET", body=None, headers=None, timeout=60):
    parts = urlsplit(url)
    if not isinstance(body, (bytes, str, type(None))):
        body = json.dumps(body)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request(
            method, (parts.path or "/") + ("?" + parts.query if parts.query else ""), body, headers or {}
        )
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


class Backlot:
    """One process. `template`, `seeds`, `stand_ins`: files; `under`: a command before it;
    everything else is an option of `backlot up`."""

    running_now = set()

    def __init__(
        self,
        template=None,
        stand_ins=(),
        seeds=(),
        clock="virtual",
        seed=42,
        start=START,
        data=None,
        port=0,
        more=(),
        environment=None,
        under=(),
    ):
        self.under = list(under)  # a command that runs it: setpriv, unshare
        self.arguments = ["up"] + ([template] if template else [])
        for file in stand_ins:
            self.arguments += ["--stand-in", file]
        for file in seeds:
            self.arguments += ["--seed-data", file]
        self.arguments += ["--clock", clock, "--seed", str(seed), "--port", str(port)]
        if clock != "real":
            self.arguments += ["--start", start]
        if data:
            self.arguments += ["--data", data]
        self.arguments += list(more)
        self.environment = {**os.environ, **(environment or {})}
        self.process = None
        self.lines = []

    @classmethod
    def shop(cls, **options):
        return cls(template=TEMPLATE, stand_ins=STAND_INS, **options)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.log = tempfile.NamedTemporaryFile("w+", prefix="backlot-", suffix=".log")
        self.lines, self.endpoint, self.api = [], None, None
        self.process = subprocess.Popen(
            self.under + [binary()] + self.arguments,
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        Backlot.running_now.add(self)
        watch = threading.Timer(READY_SECONDS, self.process.kill)
        watch.start()
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("backlot "):
                self.endpoint = line.split()[2]
            elif line.startswith("api http"):
                self.api = line.split()[1]
            elif line.startswith("Ready."):
                break
        watch.cancel()
        if not self.lines or self.lines[-1] != "Ready.":
            self.process.wait()
            raise RuntimeError(
                "backlot did not become ready (status %s): %s" % (self.process.returncode, self.output())
            )
        return self

    def output(self):
        """What it said on standard error so far."""
        with open(self.log.name) as file:
            return file.read()

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """A clean stop; answers the exit status."""
        if self.process is None:
            return None
        if self.running():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self._gone()
                raise AssertionError("backlot does not stop when it is told to: " + self.output()[-500:])
        return self._gone()

    def kill(self):
        """As a crash of the machine would end it."""
        self.process.kill()
        return self._gone()

    def _gone(self):
        status = self.process.wait()
        self.process.stdout.close()
        self.process = None
        Backlot.running_now.discard(self)
        return status

    def client(self, service, **config):
        settings = {
            "retries": {"max_attempts": 0},
            "read_timeout": 60,
            "inject_host_prefix": False,
            "max_pool_connections": 32,
            **config,
        }
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(**settings),
        )

    def control(self, path, body=None, method=None):
        method = method or ("GET" if body is None else "POST")
        return request(
            self.endpoint + "/_backlot/" + path,
            method,
            body,
            {"Content-Type": "application/json", "X-Backlot": "1"},
            timeout=120,
        )

    def idle(self, timeout="60s"):
        """Waits until nothing is left to do at this instant; raises with who is busy otherwise."""
        answer = self.control("idle", {"timeout": timeout})
        if answer.status != 200:
            raise RuntimeError("not idle: %s" % answer)
        return answer.json

    def advance(self, by):
        answer = self.control("clock", {"advance": by})
        if answer.status != 200:
            raise RuntimeError("the clock did not move: %s" % answer)
        return answer.json

    def next(self):
        """Moves to the next timer; False where there is none."""
        answer = self.control("clock", {"next": True})
        if answer.status != 200:
            raise RuntimeError("the clock did not move: %s" % answer)
        return answer.json["fired"] > 0

    def settle(self, limit=200):
        """Lets time pass until every execution has ended."""
        for _ in range(limit):
            self.idle()
            if not self.control("executions?status=RUNNING").json["executions"]:
                return
            if not self.next():
                break
        raise RuntimeError("executions go on: %s" % self.control("executions?status=RUNNING"))


class Customer:
    """Somebody who uses the shop: plain HTTP, a token once logged in."""

    def __init__(self, backlot, email, name="Asha", password="correct horse", register=True):
        self.backlot, self.email, self.password, self.token = backlot, email, password, None
        if register:
            answer = self.post("/user/register", {"email": email, "password": password, "name": name})
            if answer.status != 201:
                raise RuntimeError("registration of %s: %s" % (email, answer))
            self.user_id = answer.json["userId"]
            self.login()

    def login(self):
        answer = self.post("/user/login", {"email": self.email, "password": self.password})
        if answer.status != 200:
            raise RuntimeError("log-in of %s: %s" % (self.email, answer))
        self.token = answer.json["token"]

    def send(self, method, path, body=None, headers=None):
        sent = {"Content-Type": "application/json"}
        if self.token:
            sent["Authorization"] = "Bearer " + self.token
        sent.update(headers or {})
        return request(self.backlot.api + path, method, body, sent)

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.send("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.send("PUT", path, body, **more)

    def delete(self, path, **more):
        return self.send("DELETE", path, **more)

    def add_to_cart(self, product, quantity):
        answer = self.post("/cart", {"productId": product, "quantity": quantity})
        if answer.status != 200:
            raise RuntimeError("cart: %s" % answer)

    def check_out(self, payment, key=None):
        return self.post("/checkout", payment, headers={"Idempotency-Key": key} if key else None)


CARD = {"method": "CARD", "paymentMethod": "pm_card_visa"}
DECLINED = {"method": "CARD", "paymentMethod": "pm_card_chargeDeclined"}
UPI = {"method": "UPI", "vpa": "success@razorpay"}
UPI_FAILS = {"method": "UPI", "vpa": "failure@razorpay"}
STRIPE = {"Authorization": "Bearer sk_test_backlot"}
RAZORPAY = {
    "Authorization": "Basic cnpwX3Rlc3RfYmFja2xvdDpyYXpvcnBheV90ZXN0X3NlY3JldA==",
    "Content-Type": "application/json",
}


def rows(client, table):
    """Every item of a table, as plain values: numbers are Decimal."""
    from boto3.dynamodb.types import TypeDeserializer

    plain = TypeDeserializer()
    return [
        {name: plain.deserialize(value) for name, value in item.items()}
        for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        for item in page["Items"]
    ]


def stand_in_urls(backlot):
    """{"StripeApiBase": …}: what the shop's functions were told."""
    variables = backlot.client("lambda").get_function_configuration(FunctionName="process-payment")["Environment"][
        "Variables"
    ]
    return {"stripe": variables["STRIPE_API_BASE"], "razorpay": variables["RAZORPAY_API_BASE"]}


def invariants(backlot, title):
    """What always holds once the shop is at rest (functions/README.md). Answers the orders by id."""
    dynamodb = backlot.client("dynamodb")
    for row in rows(dynamodb, "Inventory"):
        parts = [row["availableStock"], row["reservedStock"], row["soldStock"]]
        assert sum(parts) == row["initialStock"] and min(parts) >= 0, (
            "%s: available + reserved + sold = initial (%s)" % (title, row["productId"]),
            row,
        )
    orders = {row["orderId"]: row for row in rows(dynamodb, "Orders")}
    payments = rows(dynamodb, "Payments")
    confirmed = [order for order in orders.values() if order["status"] == "CONFIRMED"]
    taken = sum(payment["amount"] for payment in payments if payment["status"] == "SUCCESS")
    assert taken == sum(order["totalAmount"] for order in confirmed), (
        title + ": money kept by the Payments table = total of the confirmed orders"
    )
    gateways = gateway_money(backlot)
    assert gateways == int(sum(order["totalAmount"] for order in confirmed) * 100), (
        title + ": captured - refunded at the gateways = total of the confirmed orders"
    )
    inbox = backlot.control("inbox?limit=100000").json["messages"]
    for order in orders.values():
        mails = [mail for mail in inbox if mail["subject"] == "Your order %s is confirmed" % order["orderId"]]
        wanted = 1 if order.get("confirmedAt") else 0
        assert len(mails) == wanted, (
            "%s: %d confirmation mail(s) for %s" % (title, wanted, order["orderId"]),
            "%d, the order is %s" % (len(mails), order["status"]),
        )
    reserved = sum(row["reservedStock"] for row in rows(dynamodb, "Inventory"))
    open_reservations = [row for row in rows(dynamodb, "Reservations") if row["status"] == "RESERVED"]
    assert reserved == sum(line["qty"] for row in open_reservations for line in row["items"]), (
        title + ": what is reserved is reserved for somebody"
    )
    return orders


def razorpay_pages(backlot, kind):
    """Everything of a kind that the stand-in has, newest first."""
    url, found, page = stand_in_urls(backlot)["razorpay"], [], None
    while page is None or len(page) == 100:
        page = request("%s/v1/%s?count=100&skip=%d" % (url, kind, len(found)), headers=RAZORPAY).json["items"]
        found += page
    return found


def stripe_pages(backlot, kind):
    url, found, more = stand_in_urls(backlot)["stripe"], [], True
    while more:
        after = "&starting_after=" + found[-1]["id"] if found else ""
        page = request("%s/v1/%s?limit=100%s" % (url, kind, after), headers=STRIPE).json
        found += page["data"]
        more = page.get("has_more")
    return found


def captures(backlot):
    """By the shop's payment: what was captured at the gateways, each capture less what was given back of it, in minor
    units."""
    money = {}
    receipts = {order["id"]: order["receipt"] for order in razorpay_pages(backlot, "orders")}
    for payment in razorpay_pages(backlot, "payments"):
        if payment["captured"]:
            money.setdefault(receipts[payment["order_id"]], []).append(payment["amount"] - payment["amount_refunded"])
    back = {}
    for refund in stripe_pages(backlot, "refunds"):
        back[refund["payment_intent"]] = back.get(refund["payment_intent"], 0) + refund["amount"]
    for intent in stripe_pages(backlot, "payment_intents"):
        if intent["amount_received"]:
            money.setdefault(intent["metadata"]["paymentId"], []).append(
                intent["amount_received"] - back.get(intent["id"], 0)
            )
    return money


def gateway_money(backlot):
    """Captured less refunded, in minor units, as the stand-ins have it: an independent witness."""
    return sum(sum(amounts) for amounts in captures(backlot).values())


def scratch(name):
    """A new, empty folder; the caller removes it."""
    return tempfile.mkdtemp(prefix="backlot-%s-" % name)


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
