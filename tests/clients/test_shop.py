"""The shop of functions/, whole: every route with every status it answers, checkouts that succeed and fail, what must
always hold, and a look at every part through boto3."""
import base64
import hashlib
import hmac
import json
import urllib.parse
from decimal import Decimal

import pytest
from botocore.exceptions import ClientError

from backlot import CARD, DECLINED, STAND_INS, TEMPLATE, UPI, UPI_FAILS, Backlot, Customer, invariants, request, rows

SECRET = "a-secret-of-the-test-alone"


def token(claims, secret=SECRET, algorithm="HS256"):
    def encoded(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    text = encoded(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()) + "." + encoded(json.dumps(claims).encode())
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest() if algorithm == "HS256" else b""
    return text + "." + encoded(signature)


def quoted(text):
    return urllib.parse.quote(text, safe="")


def refused(what, answer, status, words=""):
    """A refusal is JSON with a message; the message names what it is about."""
    message = ""
    try:
        message = answer.json.get("message", "")
    except ValueError:
        pass
    assert answer.status == status and message and words in message, (
        "%s: %d%s" % (what, status, " naming " + words if words else ""),
        answer,
    )


@pytest.fixture(scope="module")
def shop():
    parameters = ["--param", "BcryptCost=4", "--param", "JwtSecret=" + SECRET]
    with Backlot(template=TEMPLATE, stand_ins=STAND_INS, more=parameters) as server:
        yield server


@pytest.fixture(scope="module")
def admin(shop):
    return Customer(shop, "admin@example.com")


@pytest.fixture(scope="module")
def customer(shop):
    return Customer(shop, "ravi@example.com")


class Day:
    """What the tests of this file leave to those that follow: it is one day of one shop."""

    product, done = None, None


@pytest.fixture(scope="module")
def day():
    return Day()


def test_users(shop, admin):
    nobody = Customer(shop, "", register=False)
    good = {"email": "asha@example.com", "password": "correct horse", "name": "Asha"}
    for field, value in (
        ("email", None),
        ("email", 5),
        ("email", ""),
        ("email", "asha"),
        ("email", "a@b"),
        ("email", "a,b@example.com"),
        ("password", None),
        ("password", "1234"),
        ("password", "x" * 73),
        ("password", ["a"]),
        ("name", None),
        ("name", "  "),
        ("name", 7),
    ):
        body = {key: content for key, content in {**good, field: value}.items() if content is not None}
        refused("register with %s = %r" % (field, value), nobody.post("/user/register", body), 400, field)
    refused("register with a body that is no JSON", nobody.post("/user/register", "{"), 400)
    refused("register with a JSON list", nobody.post("/user/register", "[]"), 400)
    refused("register without a body", nobody.post("/user/register"), 400)

    answer = nobody.post("/user/register", {**good, "email": "  Asha@Example.COM "})
    assert answer.status == 201 and answer.json["message"] and answer.json["userId"].startswith("USER#"), (
        "register answers 201 with message and userId",
        answer,
    )
    refused("register the same address again", nobody.post("/user/register", good), 409, "email")
    refused(
        "register it in capitals", nobody.post("/user/register", {**good, "email": "ASHA@EXAMPLE.COM"}), 409, "email"
    )

    answer = nobody.post("/user/login", {"email": "asha@example.com", "password": "correct horse"})
    assert (
        answer.status == 200 and answer.json["token"].count(".") == 2 and answer.json["userId"].startswith("USER#")
    ), ("login answers 200 with a token", answer)
    refused("login with a wrong password", nobody.post("/user/login", {**good, "password": "wrong horse"}), 401)
    refused("login of nobody", nobody.post("/user/login", {**good, "email": "nobody@example.com"}), 401)
    refused("login without a password", nobody.post("/user/login", {"email": "asha@example.com"}), 400, "password")
    refused("login without an address", nobody.post("/user/login", {"password": "correct horse"}), 400, "email")

    asha = Customer(shop, "asha@example.com", register=False)
    asha.login()
    profile = asha.get("/user/profile")
    assert (
        profile.status == 200
        and profile.json["email"] == "asha@example.com"
        and profile.json["role"] == "customer"
        and "password" not in profile.body.decode().lower()
    ), ("profile", profile)
    assert admin.get("/user/profile").json["role"] == "admin", "an address of AdminEmails is an administrator"

    now = shop.control("clock").json["epochMillis"] // 1000
    claims = {
        "sub": profile.json["userId"],
        "email": "asha@example.com",
        "role": "customer",
        "iat": now,
        "exp": now + 60,
    }
    asha.token = token(claims)
    assert asha.get("/user/profile").status == 200, "a token of the right secret"
    for what, text in (
        ("no token", None),
        ("an empty token", ""),
        ("no JWT", "abc"),
        ("a wrong secret", token(claims, "another secret altogether")),
        ("no signature", token(claims, algorithm="none")),
        ("an expired one", token({**claims, "exp": now - 1})),
        ("one without exp", token({"sub": claims["sub"]})),
        ("a changed one", token(claims)[:-3] + "AAA"),
    ):
        asha.token = text
        refused("profile with " + what, asha.get("/user/profile"), 401)
    asha.token = token({**claims, "role": "admin"}, "guessed")
    refused("a forged administrator", asha.post("/product", {}), 401)
    asha.token = token({**claims, "sub": "USER#gone"})
    refused("the profile of a user who is gone", asha.get("/user/profile"), 404)
    asha.token = token(claims)
    assert (
        asha.get("/user/profile", headers={"Authorization": "Basic dGVzdDp0ZXN0"}).status == 401
    ), "Basic authorization is no token"


def test_products(shop, admin, customer, day, subtests):
    with subtests.test("product"):
        good = {"name": "Kettle", "price": "1299.50", "description": "Boils.", "stock": 10, "category": "kitchen"}
        for field, value in (
            ("name", None),
            ("name", ""),
            ("price", None),
            ("price", 0),
            ("price", -1),
            ("price", "1.234"),
            ("price", "abc"),
            ("price", True),
            ("description", None),
            ("stock", None),
            ("stock", -1),
            ("stock", 1.5),
            ("stock", "ten"),
            ("category", None),
            ("category", {}),
        ):
            body = {key: content for key, content in {**good, field: value}.items() if content is not None}
            refused("create a product with %s = %r" % (field, value), admin.post("/product", body), 400, field)
        refused("a customer creates a product", customer.post("/product", good), 403)
        refused("nobody creates a product", Customer(shop, "", register=False).post("/product", good), 401)

        created = []
        for number, price in enumerate(("1299.50", 500, 49.99, "0.01")):
            answer = admin.post("/product", {**good, "name": "Kettle %d" % number, "price": price})
            assert answer.status == 201 and answer.json["productId"].startswith("PROD#"), (
                "create a product for %r: 201" % price,
                answer,
            )
            created.append(answer.json["productId"])
        pen = admin.post(
            "/product", {"name": "Pen", "price": "10", "description": "Writes.", "stock": 3, "category": "office"}
        ).json["productId"]

        listed = customer.get("/product")
        assert listed.status == 200 and isinstance(listed.json, list), ("the list is a JSON array", listed)
        assert set(created + [pen]) <= {row["productId"] for row in listed.json}, ("it holds what was made", listed)
        assert customer.get("/products").json == listed.json, "GET /products is the same"
        kettles = customer.get("/product?category=kitchen").json
        assert [row["productId"] for row in kettles] == [
            created[3],
            created[2],
            created[1],
            created[0],
        ], "by category, by price"
        assert [json.dumps(row["price"]) for row in kettles] == ["0.01", "49.99", "500", "1299.5"] or [
            str(row["price"]) for row in kettles
        ] == ["0.01", "49.99", "500.00", "1299.50"], ("prices are exact", [row["price"] for row in kettles])
        assert len(customer.get("/product?category=kitchen&minPrice=49.99&maxPrice=500").json) == 2, "between prices"
        assert {row["productId"] for row in customer.get("/products?minPrice=1000").json} == {
            created[0]
        }, "at least a price, all categories"
        assert customer.get("/product?category=garden").json == [], "a category that is empty"
        for query, field in (
            ("minPrice=abc", "minPrice"),
            ("maxPrice=-1", "maxPrice"),
            ("minPrice=5&maxPrice=1", "minPrice"),
            ("limit=0", "limit"),
            ("limit=ten", "limit"),
            ("nextToken=%21", "nextToken"),
        ):
            refused("list with " + query, customer.get("/product?" + query), 400, field)
        seen, address = [], "/product?category=kitchen&limit=3"
        page = customer.get(address)
        seen += page.json
        assert len(page.json) == 3 and "x-next-token" in page.headers, ("a full page says how to go on", page.headers)
        page = customer.get(address + "&nextToken=" + quoted(page.headers["x-next-token"]))
        seen += page.json
        assert len(page.json) == 1 and len({row["productId"] for row in seen}) == 4, ("and the last one ends", seen)

        one = customer.get("/product/" + quoted(created[0]))
        assert one.status == 200 and one.json["name"] == "Kettle 0" and one.json["stock"] == 10, ("one product", one)
        assert customer.get("/product/" + created[0][5:]).json == one.json, "its id without the prefix"
        refused("a product that is not there", customer.get("/product/PROD%23none"), 404)

        refused("a customer changes a product", customer.put("/product/" + quoted(pen), {"price": 1}), 403)
        refused("change nothing", admin.put("/product/" + quoted(pen), {}), 400)
        refused("change the price to nonsense", admin.put("/product/" + quoted(pen), {"price": "x"}), 400, "price")
        refused("change one that is not there", admin.put("/product/PROD%23none", {"price": 1}), 404)
        assert (
            admin.put("/product/" + quoted(pen), {"price": "12.34", "name": "Pencil", "stock": 5}).status == 200
        ), "change price, name and stock"
        changed = customer.get("/product/" + quoted(pen)).json
        assert (changed["name"], str(changed["price"]), changed["stock"], changed["description"]) == (
            "Pencil",
            "12.34",
            5,
            "Writes.",
        ), "the change shows"
        refused("a customer deletes a product", customer.delete("/product/" + quoted(created[3])), 403)
        assert admin.delete("/product/" + quoted(created[3])).status == 200, "delete a product"
        refused("delete it again", admin.delete("/product/" + quoted(created[3])), 404)
        refused("it is gone", customer.get("/product/" + quoted(created[3])), 404)
        day.product = {"kettle": created[0], "cup": created[1], "spoon": created[2], "pen": pen}


def test_carts(shop, customer, day):
    product = day.product
    refused("nobody's cart", Customer(shop, "", register=False).get("/cart"), 401)
    assert customer.get("/cart").json == [], "an empty cart"
    for body, field in (
        ({"quantity": 1}, "productId"),
        ({"productId": product["pen"]}, "quantity"),
        ({"productId": product["pen"], "quantity": 0}, "quantity"),
        ({"productId": product["pen"], "quantity": 1.5}, "quantity"),
        ({"productId": product["pen"], "quantity": "1"}, "quantity"),
        ({"productId": 7, "quantity": 1}, "productId"),
    ):
        refused("add %r" % body, customer.post("/cart", body), 400, field)
    refused(
        "add what is not there", customer.post("/cart", {"productId": "PROD#none", "quantity": 1}), 404, "productId"
    )
    assert customer.post("/cart", {"productId": product["pen"], "quantity": 1}).status == 200, "add one"
    assert customer.post("/cart", {"productId": product["pen"], "quantity": 2}).json["qty"] == 3, "the quantity adds up"
    customer.add_to_cart(product["spoon"], 1)
    cart = {line["productId"]: (line["name"], line["qty"], str(line["price"])) for line in customer.get("/cart").json}
    assert cart == {
        product["pen"]: ("Pencil", 3, "12.34"),
        product["spoon"]: ("Kettle 2", 1, "49.99"),
    }, "the cart with names and prices"
    refused("remove what is not in it", customer.delete("/cart/PROD%23none"), 404)
    assert customer.delete("/cart/" + quoted(product["spoon"])).status == 200, "remove"
    assert [line["productId"] for line in customer.get("/cart").json] == [product["pen"]], "removed"
    customer.delete("/cart/" + quoted(product["pen"]))


def test_orders(shop, admin, customer, day):
    """POST and GET /order: the rule for OrderCreated starts the checkout."""
    product = day.product
    line = [{"productId": product["kettle"], "qty": 1}]
    for body, field in (
        ({**CARD}, "cartItems"),
        ({"cartItems": [], **CARD}, "cartItems"),
        ({"cartItems": "x", **CARD}, "cartItems"),
        ({"cartItems": [5], **CARD}, "cartItems"),
        ({"cartItems": [{"qty": 1}], **CARD}, "productId"),
        ({"cartItems": [{"productId": product["kettle"], "qty": 0}], **CARD}, "qty"),
        ({"cartItems": line}, "method"),
        ({"cartItems": line, "method": "CASH"}, "method"),
        ({"cartItems": line, "method": "CARD"}, "paymentMethod"),
        ({"cartItems": line, "method": "UPI"}, "vpa"),
        ({"cartItems": line, "method": "UPI", "vpa": "nobank"}, "vpa"),
    ):
        refused("order %s" % json.dumps(body), customer.post("/order", body), 400, field)
    refused(
        "order without a token", Customer(shop, "", register=False).post("/order", {"cartItems": line, **CARD}), 401
    )
    refused(
        "order what is not there",
        customer.post("/order", {"cartItems": [{"productId": "PROD#none", "qty": 1}], **CARD}),
        404,
        "productId",
    )
    refused(
        "order more than there is",
        customer.post("/order", {"cartItems": [{"productId": product["kettle"], "qty": 11}], **CARD}),
        409,
    )
    refused(
        "an Idempotency-Key that is too long",
        customer.post("/order", {"cartItems": line, **CARD}, headers={"Idempotency-Key": "k" * 256}),
        400,
        "Idempotency-Key",
    )

    body = {"cartItems": line + line, **UPI}
    answer = customer.post("/order", body, headers={"Idempotency-Key": "first"})
    assert (
        answer.status == 201
        and answer.json["orderId"].startswith("ORDER#")
        and answer.json["status"] == "CREATED"
        and str(answer.json["totalAmount"]) in ("2599.0", "2599.00", "2599")
    ), ("order: 201 CREATED", answer)
    order = answer.json["orderId"]
    again = customer.post("/order", body, headers={"Idempotency-Key": "first"})
    assert again.status == 201 and again.json["orderId"] == order, ("one key is one order", again)
    refused(
        "the key for something else",
        customer.post("/order", {"cartItems": line, **UPI}, headers={"Idempotency-Key": "first"}),
        409,
        "Idempotency-Key",
    )
    shop.settle()
    seen = customer.get("/order/" + quoted(order))
    assert seen.status == 200 and seen.json["status"] == "CONFIRMED" and seen.json["paymentId"].startswith("PAY#"), (
        "it is confirmed",
        seen,
    )
    assert [(row["productId"], row["qty"]) for row in seen.json["items"]] == [(product["kettle"], 2)], "its lines"
    again = customer.post("/order", body, headers={"Idempotency-Key": "first"})
    assert again.status == 201 and again.json["orderId"] == order and again.json["status"] == "CONFIRMED", (
        "the same key afterwards: the same order",
        again,
    )
    assert customer.get("/order/" + order[6:]).json["orderId"] == order, "its id without the prefix"
    refused("an order that is not there", customer.get("/order/ORDER%23none"), 404)
    stranger = Customer(shop, "stranger@example.com")
    refused("somebody else's order", stranger.get("/order/" + quoted(order)), 403)
    assert admin.get("/order/" + quoted(order)).status == 200, "an administrator sees it"
    refused("an order without a token", Customer(shop, "", register=False).get("/order/" + quoted(order)), 401)
    assert [[row["orderId"] for row in who.get("/order").json] for who in (customer, stranger)] == [
        [order],
        [],
    ], "own orders alone"
    refused("a page of nothing", customer.get("/order?limit=0"), 400, "limit")

    shop.advance("1s")  # newest first is a matter of time
    declined = customer.post("/order", {"cartItems": line, **UPI_FAILS}).json["orderId"]
    shop.settle()
    failed = customer.get("/order/" + quoted(declined)).json
    assert failed["status"] == "PAYMENT_FAILED" and failed["failureReason"], ("a UPI payment that fails", failed)
    listed = customer.get("/order?limit=1")
    assert [row["orderId"] for row in listed.json] == [declined] and "x-next-token" in listed.headers, (
        "newest first, by pages",
        listed,
    )
    rest = customer.get("/order?limit=1&nextToken=" + quoted(listed.headers["x-next-token"]))
    assert [row["orderId"] for row in rest.json] == [order], "the second page"
    refused("pay back what was never paid", customer.post("/order/%s/refund" % quoted(declined)), 409)
    invariants(shop, "after the orders")


def test_checkouts(shop, customer, day, subtests):
    product = day.product
    result = {}
    with subtests.test("checkout"):
        nobody = Customer(shop, "", register=False)
        refused("check out without a token", nobody.check_out(CARD), 401)
        refused("check out an empty cart", customer.check_out(CARD), 409)
        customer.add_to_cart(product["kettle"], 1)
        customer.add_to_cart(product["cup"], 3)
        for body, field in (
            ({}, "method"),
            ({"method": "CASH"}, "method"),
            ({"method": "CARD"}, "paymentMethod"),
            ({"method": "CARD", "paymentMethod": 5}, "paymentMethod"),
            ({"method": "UPI"}, "vpa"),
            ({"method": "UPI", "vpa": "@"}, "vpa"),
            ({"orderId": 5}, "orderId"),
        ):
            refused("check out with %r" % body, customer.check_out(body), 400, field)
        refused("check out an order that is not there", customer.check_out({"orderId": "ORDER#none"}), 404, "orderId")

        answer = customer.check_out(CARD, key="cart-1")
        assert (
            answer.status == 202
            and answer.json["orderId"].startswith("ORDER#")
            and ":execution:checkout-orchestrator:" in answer.json["executionArn"]
            and answer.json["status"] == "CREATED"
        ), ("checkout: 202 with orderId, executionArn and status", answer)
        result["card"] = answer.json
        again = customer.check_out(CARD, key="cart-1")
        assert again.status == 202 and (again.json["orderId"], again.json["executionArn"]) == (
            answer.json["orderId"],
            answer.json["executionArn"],
        ), ("the same key: the same order and execution", again)
        refused("the key for another payment", customer.check_out(UPI, key="cart-1"), 409, "Idempotency-Key")
        shop.settle()
        order = customer.get("/order/" + quoted(answer.json["orderId"])).json
        assert (order["status"], Decimal(str(order["totalAmount"]))) == (
            "CONFIRMED",
            Decimal("2799.50"),
        ), "paid by card: confirmed, for the right amount"
        assert customer.get("/cart").json == [], "the cart is empty"
        assert (
            customer.check_out(CARD, key="cart-1").json["orderId"] == answer.json["orderId"]
        ), "the same key afterwards"
        refused(
            "another customer's order",
            Customer(shop, "thief@example.com").check_out({"orderId": answer.json["orderId"]}),
            403,
        )

        customer.add_to_cart(product["spoon"], 2)
        answer = customer.check_out(UPI)
        shop.settle()
        result["upi"] = answer.json
        assert (
            customer.get("/order/" + quoted(answer.json["orderId"])).json["status"] == "CONFIRMED"
        ), "paid by UPI: confirmed"

        customer.add_to_cart(product["pen"], 1)
        answer = customer.check_out(DECLINED)
        assert answer.status == 202, "a card that will be declined: 202"
        shop.settle()
        result["declined"] = answer.json
        order = customer.get("/order/" + quoted(answer.json["orderId"])).json
        assert order["status"] == "PAYMENT_FAILED" and "declined" in order["failureReason"], (
            "declined: PAYMENT_FAILED with Stripe's reason",
            order,
        )
        assert [line["productId"] for line in customer.get("/cart").json] == [
            product["pen"]
        ], "what was not bought stays in the cart"
        assert customer.get("/product/" + quoted(product["pen"])).json["stock"] == 5, "and in stock"

        customer.add_to_cart(product["pen"], 5)
        refused("more than there is: 409", customer.check_out(CARD), 409, "stock")
        customer.delete("/cart/" + quoted(product["pen"]))

        # Two customers want the last five: both may order, one gets them.
        rivals = [Customer(shop, "rival%d@example.com" % number) for number in range(2)]
        for rival in rivals:
            rival.add_to_cart(product["pen"], 5)
        placed = [rival.check_out(CARD) for rival in rivals]
        shop.settle()
        ends = [
            rival.get("/order/" + quoted(answer.json["orderId"])).json
            for rival, answer in zip(rivals, placed)
            if answer.status == 202
        ]
        assert (
            [end["status"] for end in ends].count("CONFIRMED") == 1
            and all(answer.status in (202, 409) for answer in placed)
            and all("stock" in end["failureReason"] for end in ends if end["status"] == "CANCELLED")
        ), ("out of stock: one is confirmed, the other is told so", ends or placed)
        assert customer.get("/product/" + quoted(product["pen"])).json["stock"] == 0, "nothing is left"
        invariants(shop, "after the checkouts")
    day.done = result


def test_executions(shop, day):
    done = day.done
    states = shop.client("stepfunctions")
    machine = states.list_state_machines()["stateMachines"][0]
    assert (machine["name"], machine["type"]) == ("checkout-orchestrator", "STANDARD"), "the state machine"
    described = states.describe_state_machine(stateMachineArn=machine["stateMachineArn"])
    assert (
        "${" not in described["definition"] and ":function:validate-order" in described["definition"]
    ), "its definition has real ARNs"
    execution = states.describe_execution(executionArn=done["card"]["executionArn"])
    assert (execution["status"], execution["name"], json.loads(execution["output"])["status"]) == (
        "SUCCEEDED",
        "ORDER-" + done["card"]["orderId"][6:],
        "CONFIRMED",
    ), "the execution of the order"
    events = [
        event
        for page in states.get_paginator("get_execution_history").paginate(
            executionArn=done["card"]["executionArn"], PaginationConfig={"PageSize": 7}
        )
        for event in page["events"]
    ]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1)), "history ids are 1..n"
    entered = [event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")]
    assert entered == [
        "validateOrder",
        "checkInventory",
        "processPayment",
        "updateInventory",
        "createOrderRecord",
        "sendNotification",
        "publishEvent",
        "orderConfirmed",
    ], "the way of an order"
    failed = states.get_execution_history(
        executionArn=done["declined"]["executionArn"], reverseOrder=True, maxResults=1
    )["events"][0]
    assert (failed["type"], failed["executionFailedEventDetails"]["error"]) == (
        "ExecutionFailed",
        "PaymentDeclined",
    ), "a declined one ends with PaymentDeclined"
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for event in states.get_execution_history(executionArn=done["declined"]["executionArn"], maxResults=1000)[
            "events"
        ]
        if event["type"].endswith("StateEntered")
    ]
    assert entered[3:] == [
        "paymentFailed",
        "releaseInventory",
        "refundPayment",
        "checkCompensations",
        "cancelOrder",
        "isThereACustomer",
        "sendFailureNotification",
        "orderNotPlaced",
    ], "the way back"
    listed = states.list_executions(stateMachineArn=machine["stateMachineArn"], statusFilter="SUCCEEDED")["executions"]
    assert done["card"]["executionArn"] in [one["executionArn"] for one in listed], (
        "executions by status",
        len(listed),
    )
    try:
        states.start_execution(stateMachineArn=machine["stateMachineArn"], name=execution["name"], input="{}")
        assert False, "a name that was used is refused"
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ExecutionAlreadyExists", "a name that was used is refused"


def test_functions(shop, customer, day, subtests):
    with subtests.test("lambda"):
        functions = shop.client("lambda")
        names = {
            function["FunctionName"]
            for page in functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 5})
            for function in page["Functions"]
        }
        assert {
            "register",
            "checkoutLambda",
            "process-payment",
            "analyticsLambda",
            "emailReceiptLambda",
            "inventoryAuditLambda",
        } <= names and len(names) >= 30, ("the functions", sorted(names))
        one = functions.get_function(FunctionName="checkoutLambda")["Configuration"]
        assert (one["Runtime"], one["State"], one["Handler"]) == (
            "provided.al2023",
            "Active",
            "checkout.checkoutLambda",
        ), "one of them"
        answer = functions.invoke(
            FunctionName="check-inventory",
            Payload=b'{"orderId": "ORDER#x", "items": [{"productId": "PROD#none", "qty": 1}]}',
            LogType="Tail",
        )
        failure = json.loads(answer["Payload"].read())
        assert (
            answer["StatusCode"] == 200
            and answer["FunctionError"] == "Unhandled"
            and failure["errorType"] == "OutOfStock"
            and "PROD#none" in failure["errorMessage"]
        ), ("a typed function error", failure)
        tail = base64.b64decode(answer["LogResult"]).decode()
        assert tail.startswith("START RequestId: ") and "\nREPORT RequestId: " in tail, ("the log's tail", tail)
        assert functions.invoke(FunctionName="register", InvocationType="DryRun")["StatusCode"] == 204, "a dry run"
        mappings = functions.list_event_source_mappings(FunctionName="analytics-service")["EventSourceMappings"]
        assert sorted(mapping["EventSourceArn"].split(":")[2] for mapping in mappings) == [
            "dynamodb",
            "dynamodb",
            "dynamodb",
            "sqs",
        ], "its event sources"

    with subtests.test("logs"):
        logs = shop.client("logs")
        groups = [
            group["logGroupName"]
            for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/")
            for group in page["logGroups"]
        ]
        assert {"/aws/lambda/checkoutLambda", "/aws/lambda/process-payment"} <= set(groups), (
            "a log group a function",
            groups,
        )
        found = [
            event["message"]
            for page in logs.get_paginator("filter_log_events").paginate(
                logGroupName="/aws/lambda/inventoryAuditLambda", filterPattern='"Inventory audited"'
            )
            for event in page["events"]
        ]
        assert len(found) >= 3 and all("Inventory audited" in text for text in found), (
            "filter_log_events finds what a handler logged",
            len(found),
        )
        stream = logs.describe_log_streams(
            logGroupName="/aws/lambda/checkoutLambda", orderBy="LastEventTime", descending=True
        )["logStreams"][0]
        lines = logs.get_log_events(
            logGroupName="/aws/lambda/checkoutLambda", logStreamName=stream["logStreamName"], startFromHead=True
        )["events"]
        assert any(line["message"].startswith("START RequestId: ") for line in lines), ("a stream's lines", lines[:2])


def test_messages(shop, customer, day, subtests):
    with subtests.test("sqs"):
        sqs = shop.client("sqs")
        queues = {url.rsplit("/", 1)[1] for url in sqs.list_queues()["QueueUrls"]}
        assert {
            "notification-queue",
            "analytics-queue",
            "payment-retry-queue",
            "inventory-update-queue",
            "inventory-update-queue-dlq",
        } <= queues, ("the queues", queues)
        url = sqs.get_queue_url(QueueName="inventory-update-queue")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert attributes["VisibilityTimeout"] == "60" and json.loads(attributes["RedrivePolicy"])[
            "maxReceiveCount"
        ] in (5, "5"), ("its attributes", attributes)
        for name in ("notification-queue-dlq", "analytics-queue-dlq", "inventory-update-queue-dlq"):
            held = sqs.get_queue_attributes(
                QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"]
            assert held["ApproximateNumberOfMessages"] == "0", "nothing went to " + name
        held = sqs.get_queue_attributes(
            QueueUrl=sqs.get_queue_url(QueueName="analytics-queue")["QueueUrl"],
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        assert set(held.values()) == {"0"}, "analytics-queue was emptied by its function"

    with subtests.test("sns"):
        sns = shop.client("sns")
        topics = {topic["TopicArn"].rsplit(":", 1)[1]: topic["TopicArn"] for topic in sns.list_topics()["Topics"]}
        assert {"customer-topic", "admin-topic", "inventory-topic"} <= set(topics), ("the topics", topics)
        subscriptions = sns.list_subscriptions_by_topic(TopicArn=topics["customer-topic"])["Subscriptions"]
        assert [(one["Protocol"], one["Endpoint"].rsplit(":", 1)[1]) for one in subscriptions] == [
            ("sqs", "notification-queue")
        ], "customer-topic feeds the queue"
        before = len(shop.control("inbox").json["messages"])
        sns.publish(
            TopicArn=topics["customer-topic"],
            Message=json.dumps(
                {
                    "template": "WELCOME",
                    "reference": "X",
                    "userId": "U",
                    "email": "by-topic@example.com",
                    "name": "Topic",
                }
            ),
        )
        shop.idle()
        inbox = shop.control("inbox").json["messages"]
        assert len(inbox) == before + 1 and inbox[-1]["to"] == ["by-topic@example.com"], (
            "a publication ends as a mail",
            inbox[-1:],
        )

    with subtests.test("events"):
        events = shop.client("events")
        assert "shop-bus" in [bus["Name"] for bus in events.list_event_buses()["EventBuses"]], "the bus"
        rules = events.list_rules(EventBusName="shop-bus")["Rules"]
        patterns = sorted(
            json.loads(rule["EventPattern"])["detail-type"][0] for rule in rules if "EventPattern" in rule
        )
        assert patterns.count("order.done") == 3 and "OrderCreated" in patterns and "PaymentRefunded" in patterns, (
            "its rules",
            patterns,
        )
        started = [
            rule for rule in rules if json.loads(rule.get("EventPattern", "{}")).get("detail-type") == ["OrderCreated"]
        ][0]
        target = events.list_targets_by_rule(EventBusName="shop-bus", Rule=started["Name"])["Targets"][0]["Arn"]
        assert target.endswith(":function:start-checkout"), ("OrderCreated starts the checkout", target)
        seen = events.test_event_pattern(
            EventPattern=started["EventPattern"],
            Event=json.dumps(
                {
                    "id": "1",
                    "account": "000000000000",
                    "source": "shop.orders",
                    "time": "2026-01-05T09:00:00Z",
                    "region": "us-east-1",
                    "resources": [],
                    "detail-type": "OrderCreated",
                    "detail": {},
                }
            ),
        )
        assert seen["Result"] == True, "its pattern"

    with subtests.test("ses"):
        ses, sesv2 = shop.client("ses"), shop.client("sesv2")
        ses.verify_email_identity(EmailAddress="hand@example.com")
        ses.send_email(
            Source="hand@example.com",
            Destination={"ToAddresses": ["me@example.com"]},
            Message={"Subject": {"Data": "by hand"}, "Body": {"Text": {"Data": "hello"}}},
        )
        sesv2.send_email(
            FromEmailAddress="shop@example.com",
            Destination={"ToAddresses": ["me@example.com"]},
            Content={"Simple": {"Subject": {"Data": "by hand 2"}, "Body": {"Text": {"Data": "hello"}}}},
        )
        mine = [mail["subject"] for mail in shop.control("inbox").json["messages"] if mail["to"] == ["me@example.com"]]
        assert mine == ["by hand", "by hand 2"], "mails sent by hand, in order"
        assert ses.get_send_quota()["Max24HourSend"] > 0, "the send quota counts them"
        assert "hand@example.com" in ses.list_identities()["Identities"], "identities"
        assert "SendQuota" in sesv2.get_account(), "sesv2 account"
        page = request(shop.endpoint + "/_aws/ses").json
        assert any(
            mail["Subject"] == "by hand" and mail["Source"] == "hand@example.com" for mail in page["messages"]
        ), ("the inbox as other emulators show it", page["messages"][-1:])


def test_account(shop, subtests):
    with subtests.test("apigateway"):
        gateway = shop.client("apigateway")
        api = gateway.get_rest_apis()["items"][0]
        stages = [stage["stageName"] for stage in gateway.get_stages(restApiId=api["id"])["item"]]
        assert "Prod" in stages, ("the stage", stages)
        resources = {
            resource["path"]: resource
            for page in gateway.get_paginator("get_resources").paginate(restApiId=api["id"])
            for resource in page["items"]
        }
        assert {"/user/register", "/product/{productId}", "/order/{orderId}/refund", "/checkout"} <= set(resources), (
            "its resources",
            sorted(resources),
        )
        assert {"GET", "PUT", "DELETE"} <= set(resources["/product/{productId}"]["resourceMethods"]), (
            "their methods",
            resources["/product/{productId}"],
        )
        parts = urllib.parse.urlsplit(shop.endpoint)
        for address, headers in (
            ("/restapis/%s/Prod/_user_request_/products" % api["id"], {}),
            ("/_aws/execute-api/%s/Prod/products" % api["id"], {}),
            ("/Prod/products", {"Host": "%s.execute-api.localhost:%d" % (api["id"], parts.port)}),
        ):
            answer = request(shop.endpoint + address, headers=headers)
            assert answer.status == 200 and isinstance(answer.json, list), (
                "the shop at " + (headers.get("Host") or address),
                answer,
            )
        missing = request(shop.api + "/nowhere")
        assert missing.status == 403 and missing.json["message"] == "Missing Authentication Token", (
            "a route that is not there: 403 Missing Authentication Token, as AWS",
            missing,
        )
        preflight = request(
            shop.api + "/cart",
            "OPTIONS",
            headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
        )
        assert (
            preflight.status == 200
            and preflight.headers.get("access-control-allow-origin") == "*"
            and "POST" in preflight.headers.get("access-control-allow-methods", "")
        ), ("CORS preflight", (preflight.status, preflight.headers))
        allowed = request(shop.api + "/products", headers={"Origin": "https://shop.example"})
        assert allowed.status == 200 and allowed.headers.get("access-control-allow-origin") == "*", (
            "a page of another origin may read the shop",
            allowed.headers,
        )

    with subtests.test("iam, sts"):
        iam = shop.client("iam")
        roles = [role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
        assert len(roles) >= 2, ("the roles of the template", roles)
        policies = iam.list_role_policies(RoleName=roles[0])["PolicyNames"]
        assert (
            policies
            and iam.get_role_policy(RoleName=roles[0], PolicyName=policies[0])["PolicyDocument"]["Version"]
            == "2012-10-17"
        ), ("their policies", policies)
        identity = shop.client("sts").get_caller_identity()
        assert identity["Account"] == "000000000000", "who am I"

    with subtests.test("cloudformation"):
        cloudformation = shop.client("cloudformation")
        stack = cloudformation.describe_stacks()["Stacks"][0]
        assert stack["StackStatus"] == "CREATE_COMPLETE" and {"ApiUrl", "CheckoutStateMachineArn"} <= {
            output["OutputKey"] for output in stack["Outputs"]
        }, ("the stack", stack)
        resources = [
            resource
            for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack["StackName"])
            for resource in page["StackResourceSummaries"]
        ]
        assert len(resources) > 90 and {"OrdersTable", "CheckoutStateMachine"} <= {
            resource["LogicalResourceId"] for resource in resources
        }, ("its resources", len(resources))
        secrets = [parameter for parameter in stack["Parameters"] if parameter["ParameterKey"] == "JwtSecret"]
        assert [parameter["ParameterValue"] for parameter in secrets] == ["****"], "a NoEcho parameter is not shown"


def test_out_of_stock(shop, admin, customer):
    """Stock that goes between the order and its reservation: the state machine's own refusal."""
    last = admin.post(
        "/product", {"name": "Vase", "price": 5, "description": "The last one.", "stock": 1, "category": "home"}
    ).json["productId"]
    dynamodb = shop.client("dynamodb")
    first, second = Customer(shop, "first@example.com"), Customer(shop, "second@example.com")
    order = {"cartItems": [{"productId": last, "qty": 1}], **CARD}
    # The order is written as placeOrder() writes it, so that both see the stock: over HTTP the first would be done
    # before.
    made = first.post("/order", order)
    shop.settle()
    item = dynamodb.get_item(TableName="Orders", Key={"orderId": {"S": made.json["orderId"]}})["Item"]
    for field in ("paymentId", "confirmedAt"):
        item.pop(field, None)
    item.update(
        orderId={"S": "ORDER#late"}, status={"S": "CREATED"}, userId={"S": second.user_id}, email={"S": second.email}
    )
    dynamodb.put_item(TableName="Orders", Item=item)
    answer = second.check_out({"orderId": "ORDER#late"})
    assert answer.status == 202, "check out an order that exists: 202"
    shop.settle()
    seen = second.get("/order/late").json
    assert seen["status"] == "CANCELLED" and last in seen["failureReason"], ("its end: CANCELLED, out of stock", seen)
    states = shop.client("stepfunctions")
    ended = states.describe_execution(executionArn=answer.json["executionArn"])
    assert (ended["status"], ended.get("error")) == ("FAILED", "OutOfStock"), "the execution fails with OutOfStock"
    mails = [mail for mail in shop.control("inbox").json["messages"] if mail["to"] == [second.email]]
    assert any("was cancelled" in mail["subject"] for mail in mails), (
        "the customer is told",
        [mail["subject"] for mail in mails],
    )
    invariants(shop, "after running out of stock")


def test_refunds(shop, customer, day):
    product, done = day.product, day.done
    order, upi = done["card"]["orderId"], done["upi"]["orderId"]
    before = customer.get("/product/" + quoted(product["cup"])).json["stock"]
    refused("refund without a token", Customer(shop, "", register=False).post("/order/%s/refund" % quoted(order)), 401)
    refused("refund somebody else's", Customer(shop, "nosy@example.com").post("/order/%s/refund" % quoted(order)), 403)
    refused("refund what is not there", customer.post("/order/ORDER%23none/refund"), 404)
    answer = customer.post("/order/%s/refund" % quoted(order))
    assert (
        answer.status == 202
        and answer.json["status"] == "REFUNDED"
        and answer.json["refundId"].startswith("re_")
        and answer.json["paymentId"].startswith("PAY#")
    ), ("refund: 202 REFUNDED", answer)
    again = customer.post("/order/%s/refund" % quoted(order))
    assert again.status == 202 and again.json["refundId"] == answer.json["refundId"], (
        "a second request ends the same way",
        again,
    )
    shop.idle()
    assert customer.get("/product/" + quoted(product["cup"])).json["stock"] == before + 3, "the goods are back"
    assert customer.get("/order/" + quoted(order)).json["status"] == "REFUNDED", "the order says so"
    mails = [mail["subject"] for mail in shop.control("inbox").json["messages"] if mail["to"] == [customer.email]]
    assert mails.count("Your refund for " + order) == 1, "one mail about it"
    shop.advance("15d")
    shop.idle()
    customer.login()
    refused("after REFUND_DAYS it is too late", customer.post("/order/%s/refund" % quoted(upi)), 409, "days")
    assert (
        json.loads(
            shop.client("lambda")
            .invoke(FunctionName="refund-payment", Payload=json.dumps({"orderId": "ORDER#unheard-of"}).encode())[
                "Payload"
            ]
            .read()
        )["refunded"]
    ) == False, "UPI: refunded by hand of an administrator's function"
    invariants(shop, "after the refunds")


def test_data(shop, customer, day, subtests):
    done = day.done
    with subtests.test("dynamodb"):
        dynamodb = shop.client("dynamodb")
        names = dynamodb.list_tables()["TableNames"]
        assert sorted(names) == sorted(
            [
                "Users",
                "Products",
                "Inventory",
                "Reservations",
                "Carts",
                "Orders",
                "Payments",
                "Notifications",
                "EventLogs",
                "Reports",
            ]
        ), "the tables"
        table = dynamodb.describe_table(TableName="Orders")["Table"]
        assert (
            table["TableStatus"] == "ACTIVE"
            and table["GlobalSecondaryIndexes"][0]["IndexName"] == "user-orders-index"
            and table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
        ), ("Orders has an index and a stream", table)
        mine = dynamodb.query(
            TableName="Orders",
            IndexName="user-orders-index",
            KeyConditionExpression="userId = :u",
            ExpressionAttributeValues={":u": {"S": customer.user_id}},
        )
        assert mine["Count"] >= 4, ("orders by the index", mine["Count"])
        assert dynamodb.describe_time_to_live(TableName="Reservations")["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": "expiresAt",
        }, "time to live"
        payment = [row for row in rows(dynamodb, "Payments") if row["orderId"] == done["upi"]["orderId"]][0]
        assert (
            payment["status"] == "SUCCESS"
            and payment["chargeId"].startswith("pay_")
            and payment["amount"] == Decimal("99.98")
        ), ("the payment of the UPI order", payment)
        logs = rows(dynamodb, "EventLogs")
        kinds = {row["eventType"] for row in logs}
        assert {
            "INVENTORY_DEDUCTED",
            "ORDER_CREATED",
            "ORDER_COMPLETED",
            "PAYMENT_SUCCESS",
            "PAYMENT_FAILED",
            "INVENTORY_CHANGED",
        } <= kinds, ("analytics wrote down what happened", kinds)
        reports = [row for row in rows(dynamodb, "Reports") if row["reportId"].startswith("SALES#")]
        counted = [row for row in rows(dynamodb, "Reports") if row["reportId"].startswith("COUNTED#")]
        assert sum(row["orders"] for row in reports) == len(counted) >= 4, (
            "the day's sales count every order once",
            reports,
        )
        with_mail = [row for row in rows(dynamodb, "Notifications") if row["template"] == "ORDER_CONFIRMED"]
        assert with_mail and all(row["status"] == "SENT" for row in with_mail), ("a row for each mail", with_mail[:2])

    with subtests.test("streams"):
        streams = shop.client("dynamodbstreams")
        arn = dynamodb.describe_table(TableName="Orders")["Table"]["LatestStreamArn"]
        assert arn in [stream["StreamArn"] for stream in streams.list_streams(TableName="Orders")["Streams"]], (
            "list_streams",
            arn,
        )
        shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        records = []
        for shard in shards:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                page = streams.get_records(ShardIterator=iterator, Limit=1000)
                records += page["Records"]
                iterator = page.get("NextShardIterator") if page["Records"] else None
        # The clock was moved by 15 days, and a stream keeps 24 hours.
        assert all("NewImage" in record["dynamodb"] for record in records if record["eventName"] != "REMOVE"), (
            "the stream's records bear old and new images",
            records[:1],
        )


def test_gateway_away(shop, admin, day):
    """The gateway does not answer: retry-payment takes over from the queue, and the state machine waits."""
    product = day.product
    waiting = Customer(shop, "patient@example.com")
    waiting.add_to_cart(product["cup"], 1)
    placed = waiting.check_out({"method": "UPI", "vpa": "pending@razorpay"}).json
    for _ in range(60):
        shop.idle()
        order = waiting.get("/order/" + quoted(placed["orderId"])).json
        if order["status"] != "CREATED":
            break
        shop.next()
    assert order["status"] == "PAYMENT_FAILED", ("a payer who never answers: PAYMENT_FAILED after the hour", order)
    history = shop.client("stepfunctions").get_execution_history(executionArn=placed["executionArn"], maxResults=1000)[
        "events"
    ]
    assert any(event.get("stateEnteredEventDetails", {}).get("name") == "retryPaymentLater" for event in history), (
        "the state machine waited by a task token",
        [event["type"] for event in history][-8:],
    )
    invariants(shop, "after the gateway was away")


def test_record(shop, customer, day, subtests):
    product = day.product
    customer.login()
    with subtests.test("xray"):
        xray = shop.client("xray")
        customer.add_to_cart(product["cup"], 1)
        started = shop.control("clock").json["epochMillis"] / 1000
        placed = customer.check_out(CARD)
        shop.settle()
        summaries = [
            one
            for page in xray.get_paginator("get_trace_summaries").paginate(
                StartTime=started - 60, EndTime=started + 3600
            )
            for one in page["TraceSummaries"]
        ]
        assert summaries and all(one["Id"].startswith("1-") for one in summaries), ("trace summaries", len(summaries))
        longest = []
        for start in range(0, len(summaries), 5):
            for trace in xray.batch_get_traces(TraceIds=[one["Id"] for one in summaries[start : start + 5]])["Traces"]:
                if len(trace["Segments"]) > len(longest):
                    longest = trace["Segments"]
        names = {json.loads(segment["Document"])["name"] for segment in longest}
        assert (
            len(longest) >= 10
            and any("process-payment" in name for name in names)
            and any("checkout" in name for name in names)
        ), ("one trace spans the whole checkout", sorted(names))
        graph = xray.get_service_graph(StartTime=started - 60, EndTime=started + 3600)["Services"]
        assert any(service["Edges"] for service in graph), ("the service graph has edges", len(graph))
        assert customer.get("/order/" + quoted(placed.json["orderId"])).json["status"] == "CONFIRMED", "the order of it"

    with subtests.test("cloudtrail"):
        trail = shop.client("cloudtrail")
        events = [
            event
            for page in trail.get_paginator("lookup_events").paginate(
                LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateTable"}]
            )
            for event in page["Events"]
        ]
        assert len(events) == 10 and all(
            json.loads(event["CloudTrailEvent"])["eventSource"] == "dynamodb.amazonaws.com" for event in events
        ), ("CreateTable was a management event", len(events))
        data = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "PutItem"}])[
            "Events"
        ]
        assert data == [], "PutItem is none"

    with subtests.test("control"):
        traces = shop.control("traces").json["traces"]
        assert traces and all(trace["entries"] for trace in traces), ("/_backlot/traces", len(traces))
        record = shop.control("record?limit=5").json
        assert (
            len(record["events"]) == 5
            and shop.control("record?limit=5&since=%d" % record["next"]).json["events"][0] != record["events"][0]
        ), ("/_backlot/record pages", record["next"])


def test_the_end_of_the_day(shop):
    assert shop.output() == "", "nothing was written to standard error"
    assert shop.stop() == 0, "a clean stop"
