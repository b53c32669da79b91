"""What a web page of somebody else's can make a browser send: none of it reaches an operation. Each request is as a
browser makes it; a change is looked for by its effect, not by the status. With a Chromium at hand the same is tried
with real pages."""
import http.server
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from urllib.parse import quote

import pytest

from backlot import remove, request, scratch

EVIL = "https://evil.example"
BROWSER = {"User-Agent": "Mozilla/5.0"}
CROSS = {"Sec-Fetch-Site": "cross-site"}
PAGES = {  # how a browser says who asks, by what the page did
    "fetch": {**CROSS, "Origin": EVIL, "Sec-Fetch-Mode": "no-cors"},
    "sandboxed frame": {**CROSS, "Origin": "null", "Sec-Fetch-Mode": "navigate"},
    "link": {**CROSS, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    "frame": {**CROSS, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    "image": {**CROSS, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    "another port": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
    "old browser": {"Referer": EVIL + "/page", "Accept": "text/html"},
    "old browser, form": {"Origin": EVIL, "Referer": EVIL + "/page"},
}


def signature(service):
    """In the query, where a page can put it; every page knows the secret too."""
    return (
        "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test/20300101/us-east-1/%s/aws4_request&X-Amz-Date=20300101T000000Z"
        "&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=%s" % (service, "0" * 64)
    )


def create(name):
    return "Action=CreateQueue&Version=2012-11-05&QueueName=" + name


def queues(backlot):
    return [url.rsplit("/", 1)[1] for url in backlot.client("sqs").list_queues().get("QueueUrls", [])]


def test_changes(backlot):
    for page, headers in PAGES.items():
        for method, target, kind, body in (
            ("GET", "/?%s" + signature("sqs"), None, None),
            ("HEAD", "/?%s" + signature("sqs"), None, None),
            ("GET", "/?%s", None, None),
            ("POST", "/", "application/x-www-form-urlencoded", "%s"),
            ("POST", "/?x=1" + signature("sqs"), "application/x-www-form-urlencoded", "%s"),
            ("POST", "/?%s" + signature("sqs"), "text/plain", ""),
            ("POST", "/?x=1" + signature("sqs"), "text/plain", "%s"),
            ("POST", "/?%s" + signature("sqs"), "multipart/form-data; boundary=x", "--x--\r\n"),
        ):
            sent = {**BROWSER, **headers, **({"Content-Type": kind} if kind else {})}
            filled = target.replace("%s", create("from-page"))
            answer = request(
                backlot.endpoint + filled,
                method,
                None if body is None else body.replace("%s", create("from-page")),
                sent,
            )
            assert answer.status == 403, ("%s, %s: refused" % (page, method), answer)
    assert queues(backlot) == [], "no page made a queue"
    stack = quote(json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}))
    for page, headers in PAGES.items():
        request(
            backlot.endpoint
            + "/?Action=CreateStack&Version=2010-05-15&StackName=page&TemplateBody="
            + stack
            + signature("cloudformation"),
            headers={**BROWSER, **headers},
        )
    assert backlot.client("cloudformation").describe_stacks()["Stacks"] == [], "no page made a stack"


def test_without_metadata(backlot):
    """A link from a mail program, or a browser that says nothing: a GET alone changes nothing."""
    for headers in ({}, BROWSER, {**BROWSER, "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}):
        for method in ("GET", "HEAD", "PUT"):
            answer = request(backlot.endpoint + "/?" + create("by-link") + signature("sqs"), method, headers=headers)
            assert answer.status == 403, "a change by %s without an Authorization header" % method
    assert queues(backlot) == [], "no link made a queue"
    answer = request(backlot.endpoint + "/?Action=GetCallerIdentity&Version=2011-06-15" + signature("sts"))
    assert answer.status == 200, "a read by a signed GET"
    scope = (
        "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature="
        + "0" * 64
    )
    assert (
        request(
            backlot.endpoint + "/?" + create("by-program"),
            headers={"Authorization": scope, "X-Amz-Date": "20300101T000000Z"},
        ).status
        == 200
    ), "a change by GET with its header"
    assert queues(backlot) == ["by-program"], "made its queue"


def test_the_control_api(backlot):
    for page, headers in PAGES.items():
        for method, path in (
            ("POST", "/_backlot/reset"),
            ("POST", "/moto-api/reset"),
            ("POST", "/_localstack/state/reset"),
            ("GET", "/_backlot/info"),
            ("POST", "/_backlot/shutdown"),
            ("DELETE", "/_aws/ses"),
            ("POST", "/_backlot/call/sqs/CreateQueue"),
            ("GET", "/_backlot/inbox"),
        ):
            answer = request(
                backlot.endpoint + path, method, headers={**BROWSER, **headers, "Content-Type": "text/plain"}
            )
            assert answer.status == 403 and "access-control-allow-origin" not in answer.headers, (
                "%s: %s %s" % (page, method, path),
                answer,
            )
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert request(backlot.endpoint + "/_backlot/reset", "POST", "{}", {"Content-Type": kind}).status == 403, (
            "what a page can send without asking, " + kind
        )
    assert queues(backlot) == ["by-program"], "nobody reset the world"
    for path in ("/", "/_backlot/reset"):
        asked = {
            "Origin": EVIL,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-amz-target,x-backlot",
            "Access-Control-Request-Private-Network": "true",
        }
        granted = [
            name
            for name in request(backlot.endpoint + path, "OPTIONS", headers=asked).headers
            if name.startswith("access-control")
        ]
        assert granted == [], "a foreign page's preflight of " + path


def test_what_is_open(backlot):
    s3, page = backlot.client("s3", signature_version="s3v4"), {**BROWSER, **PAGES["image"]}
    s3.create_bucket(Bucket="assets")
    s3.put_object(Bucket="assets", Key="logo.svg", Body=b"<svg/>")
    link = s3.generate_presigned_url("get_object", Params={"Bucket": "assets", "Key": "logo.svg"})
    assert request(link, headers=page).body == b"<svg/>", "a page shows an object by its signed link"
    for operation, params in (
        ("put_object", {"Bucket": "assets", "Key": "x"}),
        ("delete_object", {"Bucket": "assets", "Key": "logo.svg"}),
        ("list_objects_v2", {"Bucket": "assets"}),
    ):
        method = {"put_object": "PUT", "delete_object": "DELETE"}.get(operation, "GET")
        assert request(s3.generate_presigned_url(operation, Params=params), method, headers=page).status == 403, (
            "a page's %s by a signed link" % operation
        )
    assert (
        request(s3.generate_presigned_url("put_object", Params={"Bucket": "assets", "Key": "x"}), "PUT", "y").status
        == 200
    ), "a program puts by a signed link"

    heard = threading.Event()
    links = []

    class Subscriber(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            links.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))).get("SubscribeURL"))
            self.send_response(200)
            self.end_headers()
            heard.set()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Subscriber)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sns = backlot.client("sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://127.0.0.1:%d/" % server.server_port)
    assert heard.wait(20), "SNS asks for the confirmation"
    assert request(links[0], headers={**BROWSER, **PAGES["link"]}).status == 200, "the confirmation's link, from a mail"
    arn = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"]
    assert arn.startswith(topic + ":"), ("it confirmed", arn)
    assert (
        request(
            links[0] + "&Action=CreateQueue&Version=2012-11-05&QueueName=second", headers={**BROWSER, **PAGES["link"]}
        ).status
        in (200, 403)
    ) == True, "a link cannot carry another action with it"
    assert (
        request(
            backlot.endpoint + "/?Action=Unsubscribe&SubscriptionArn=" + arn, headers={**BROWSER, **PAGES["link"]}
        ).status
        == 200
    ), "the link to unsubscribe"
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == [], "unsubscribed"
    assert queues(backlot) == ["by-program"], "and made no queue"
    server.shutdown()


PAGE = """<body><form id=f method=post action="%(at)s/" target=t><input name=Action value=CreateQueue>
<input name=Version value=2012-11-05><input name=QueueName value=form></form>
<form id=g method=post enctype=text/plain action="%(at)s/?%(text)s" target=u><input name=a value=b></form>
<iframe name=t></iframe><iframe name=u></iframe><iframe src="%(at)s/?%(frame)s"></iframe><img src="%(at)s/?%(image)s"><script src="%(at)s/?%(script)s"></script>
<link rel=stylesheet href="%(at)s/?%(style)s"><iframe sandbox srcdoc='<meta http-equiv=refresh content="0;url=%(at)s/?%(sandbox)s">'></iframe>
<script>f.submit(); g.submit(); navigator.sendBeacon("%(at)s/?%(beacon)s", "x");
for (const headers of [{}, {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"}, {"X-Backlot": "1"}])
  for (const mode of ["no-cors", "cors"]) {
    fetch("%(at)s/?%(fetch)s", {method: "POST", mode, headers, body: "{}", credentials: "include"}).catch(() => 0);
    fetch("%(at)s/_backlot/call/sqs/CreateQueue", {method: "POST", mode, headers, body: '{"QueueName": "control"}'}).catch(() => 0);
    fetch("%(at)s/moto-api/reset", {method: "POST", mode, headers}).catch(() => 0);
  }
setTimeout(() => location = "%(at)s/?%(go)s", 1500); setTimeout(() => new Image().src = "/over", 1000)</script>"""


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.skipif(not CHROMIUM, reason="chromium is not here")
def test_a_real_browser(backlot):
    """The page lies on another port, and on another name of this machine, as a page of another site would."""
    text = PAGE % {
        "at": backlot.endpoint,
        **{
            name: create("page-" + name) + signature("sqs")
            for name in ("text", "frame", "image", "script", "style", "sandbox", "beacon", "fetch", "go")
        },
    }
    over = threading.Event()

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/over":
                over.set()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    before = queues(backlot)
    for host in ("127.0.0.1", "localhost"):
        folder = scratch("chromium")
        over.clear()
        browser = subprocess.Popen(
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "http://%s:%d/" % (host, site.server_port),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert over.wait(60), "the browser opened the page at " + host
        time.sleep(2)  # the page goes on to the last address by itself; nothing tells when
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()
        remove(folder)
    assert queues(backlot) == before, "a real page changed nothing"
    entries = backlot.control("record?service=sqs&limit=10000").json["events"]
    assert [
        entry for entry in entries if entry["operation"] == "CreateQueue" and entry["resource"] != "by-program"
    ] == [], "and none of what it sent came to an operation"
    site.shutdown()


def test_the_process_lives(backlot):
    assert backlot.running()
