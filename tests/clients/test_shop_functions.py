"""Each function of the shop: what it is asked, and beside it what it answers; then what it leaves in the tables. One
order from registration to refund, step by step: the rule that would start its checkout is off, so each step is asked by
hand.

"{order}" is a value seen before, or where it stands in an answer for the first time, whatever is there."""
import json
import re

import pytest

from backlot import CARD, STAND_INS, TEMPLATE, Backlot, request, rows

BOWL = {"name": "Bowl", "price": 1299.5, "description": "For soup", "stock": 5, "category": "kitchen"}
LINE = {"productId": "PROD#{product}", "name": "Bowl", "qty": 2, "price": 1299.5}
ORDER = {"orderId": "ORDER#{order}", "items": [LINE], "totalAmount": 2599, "currency": "INR", "method": "CARD"}
VALIDATED = {
    **{**ORDER, "userId": "USER#{user}", "email": "asha@example.com", "paymentMethod": "pm_card_visa"},
    **{"items": [{**LINE, "price": "1299.50"}], "totalAmount": "2599.00"},
}
BUS = "shop-bus"
LINES = [{"productId": "PROD#{product}", "qty": 2}]
KEY, OF = {"orderId": {"S": "ORDER#{order}"}}, {"userId": {"S": "USER#{user}"}}
DONE = {**VALIDATED, "paymentId": "PAY#{order}"}


def queue(body):
    """The event of one message."""
    record = {
        "messageId": "message-1",
        "receiptHandle": "handle",
        "body": body,
        "attributes": {},
        "messageAttributes": {},
    }
    return {
        "Records": [{**record, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue"}]
    }


def change(table, before, after):
    """The event of one change of a table."""
    images = {name: image for name, image in (("OldImage", before), ("NewImage", after)) if image}
    record = {"eventID": "change-1", "eventName": "MODIFY", "eventSource": "aws:dynamodb", "dynamodb": images}
    return {
        "Records": [{**record, "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/%s/stream/1" % table}]
    }


def bus(kind, detail):
    return {"source": "shop", "detail-type": kind, "detail": detail}


# function, what it is asked (a route of the API, or the event it is invoked with), and what it answers.
CASES = [
    ("register", "POST /user/register", {"email": "asha@example.com", "password": "correct horse", "name": "Asha"},
     201, {"message": "User registered successfully", "userId": "USER#{user}"}),
    ("login", "POST /user/login", {"email": "asha@example.com", "password": "correct horse"},
     200, {"token": "{token}", "userId": "USER#{user}"}),
    ("get-profile", "GET /user/profile", None,
     200, {"userId": "USER#{user}", "email": "asha@example.com", "name": "Asha", "role": "admin",
           "createdAt": "{registeredAt}"}),
    ("create-product", "POST /product", BOWL,
     201, {"message": "Product created", "productId": "PROD#{product}"}),
    ("update-product", "PUT /product/{product}", {"description": "For soup and salad"},
     200, {"message": "Product updated", "productId": "PROD#{product}"}),
    ("get-product", "GET /product/{product}", None,
     200, {**BOWL, "productId": "PROD#{product}", "description": "For soup and salad"}),
    ("list-products", "GET /products?category=kitchen", None,
     200, [{**BOWL, "productId": "PROD#{product}", "description": "For soup and salad"}]),
    ("add-to-cart", "POST /cart", {"productId": "PROD#{product}", "quantity": 2},
     200, {"message": "Added to cart", "productId": "PROD#{product}", "qty": 2}),
    ("get-cart", "GET /cart", None,
     200, [LINE]),
    ("remove-from-cart", "DELETE /cart/{product}", None,
     200, {"message": "Removed from cart", "productId": "PROD#{product}"}),
    ("create-order", "POST /order", {"cartItems": LINES, **CARD},
     201, {"message": "Order created", "orderId": "ORDER#{order}", "status": "CREATED", "totalAmount": 2599}),
    ("get-order", "GET /order/{order}", None,
     200, {**ORDER, "status": "CREATED", "createdAt": "{orderedAt}", "updatedAt": "{orderedAt}"}),
    ("list-orders", "GET /order", None,
     200, [{**ORDER, "status": "CREATED", "createdAt": "{orderedAt}", "updatedAt": "{orderedAt}"}]),
    ("validate-order", {"orderId": "ORDER#{order}"},
     VALIDATED),
    ("check-inventory", {"orderId": "ORDER#{order}", "items": LINES},
     {"orderId": "ORDER#{order}", "status": "RESERVED"}),
    ("process-payment", VALIDATED,
     {"paymentId": "PAY#{order}", "status": "SUCCESS"}),
    ("retry-payment", queue({"taskToken": "of nobody", "order": VALIDATED}),
     {"batchItemFailures": []}),
    ("update-inventory", {"orderId": "ORDER#{order}", "userId": "USER#{user}", "items": LINES},
     {"orderId": "ORDER#{order}", "status": "DEDUCTED"}),
    ("create-order-record", {"orderId": "ORDER#{order}", "paymentId": "PAY#{order}"},
     {"orderId": "ORDER#{order}", "status": "CONFIRMED"}),
    ("get-order", "GET /order/{order}", None,
     200, {**ORDER, "status": "CONFIRMED", "paymentId": "PAY#{order}", "createdAt": "{orderedAt}",
           "updatedAt": "{confirmedAt}"}),
    ("send-notification", {"template": "ORDER_CONFIRMED", **DONE},
     {"notificationId": "NOTE#ORDER_CONFIRMED#{order}", "status": "SENT"}),
    ("emailReceiptLambda", bus("order.done", DONE), None),
    ("inventoryAuditLambda", bus("order.done", DONE), None),
    ("analyticsLambda", bus("order.done", DONE), None),
    ("analytics-service", change("Orders", {"status": {"S": "CREATED"}}, {"status": {"S": "CONFIRMED"}, **KEY, **OF}),
     None),
    ("notify-customer", queue({"template": "WELCOME", "reference": "USER#{user}", "userId": "USER#{user}",
                               "email": "asha@example.com", "name": "Asha"}),
     {"batchItemFailures": []}),
    ("mail-sent", bus("Email Sent", {"mail": {"messageId": "1", "tags": {"notification": ["NOTE.RECEIPT.{order}"]}}}),
     None),
    ("refund-order", "POST /order/{order}/refund", None,
     202, {"message": "Order refunded", "orderId": "ORDER#{order}", "paymentId": "PAY#{order}", "refundId": "{refund}",
           "amount": 2599, "status": "REFUNDED"}),
    ("refund-payment", {"orderId": "ORDER#{order}", "reason": "States.Timeout"},
     {"orderId": "ORDER#{order}", "paymentId": "PAY#{order}", "refunded": True, "refundId": "{refund}",
      "amount": "2599.00"}),
    ("release-inventory", {"orderId": "ORDER#{order}"},
     {"orderId": "ORDER#{order}", "released": False}),
    ("expire-reservations", change("Reservations", KEY, KEY), None),
    ("create-order", "POST /order", {"cartItems": LINES, **CARD},
     201, {"message": "Order created", "orderId": "ORDER#{second}", "status": "CREATED", "totalAmount": 2599}),
    ("cancel-order", {"orderId": "ORDER#{second}", "status": "CANCELLED",
                      "error": {"Error": "OutOfStock", "Cause": "There is not enough."}},
     {"orderId": "ORDER#{second}", "status": "CANCELLED", "userId": "USER#{user}", "email": "asha@example.com",
      "reason": "There is not enough."}),
    ("create-order", "POST /order", {"cartItems": LINES, **CARD},
     201, {"message": "Order created", "orderId": "ORDER#{third}", "status": "CREATED", "totalAmount": 2599}),
    ("start-checkout", bus("OrderCreated", {"orderId": "ORDER#{third}"}), None),
    ("checkoutLambda", "POST /checkout", {"orderId": "ORDER#{third}"},
     202, {"message": "Checkout started", "orderId": "ORDER#{third}", "status": "CONFIRMED",
           "executionArn": "{arn}:ORDER-{third}"}),
    ("delete-product", "DELETE /product/{product}", None,
     200, {"message": "Product deleted", "productId": "PROD#{product}"}),
]  # fmt: skip

# table, and among its rows
ROWS = [
    ("Payments", {"paymentId": "PAY#{third}", "orderId": "ORDER#{third}", "status": "SUCCESS"}),
    ("Payments", {"paymentId": "PAY#{order}", "status": "REFUNDED"}),
    ("Orders", {"orderId": "ORDER#{third}", "status": "CONFIRMED"}),
    ("EventLogs", {"eventId": "EVT#change-1", "eventType": "ORDER_COMPLETED", "userId": "USER#{user}",
                   "metadata": {"orderId": "ORDER#{order}"}, "timestamp": "{countedAt}"}),
    ("EventLogs", {"eventType": "ORDER_COMPLETED", "userId": "USER#{user}", "metadata": {"orderId": "ORDER#{third}"}}),
    ("EventLogs", {"eventType": "PAYMENT_SUCCESS", "userId": "USER#{user}",
                   "metadata": {"orderId": "ORDER#{third}", "paymentId": "PAY#{third}"}}),
    ("EventLogs", {"eventType": "INVENTORY_DEDUCTED", "userId": "USER#{user}",
                   "metadata": {"orderId": "ORDER#{third}"}}),
    ("Notifications", {"userId": "USER#{user}", "type": "EMAIL", "template": "WELCOME",
                       "message": "Hello Asha,\n\nyour account is ready.\n"}),
    ("Notifications", {"userId": "USER#{user}", "type": "EMAIL", "template": "RECEIPT", "reference": "ORDER#{order}",
                       "message": "Paid: 2599.00 INR (PAY#{order})\n\n  2 x Bowl at 1299.50\n"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def shop():
    with Backlot(
        template=TEMPLATE,
        stand_ins=STAND_INS,
        more=["--param", "BcryptCost=4", "--param", "AdminEmails=asha@example.com"],
    ) as server:
        events = server.client("events")
        for rule in events.list_rules(EventBusName=BUS)["Rules"]:
            if "OrderCreated" in rule["EventPattern"]:
                events.disable_rule(Name=rule["Name"], EventBusName=BUS)
        yield server


@pytest.fixture(scope="module")
def kept():
    return {}


def filled(value, kept):
    """What is asked, with the values that were seen before; the body of a message is text."""
    if isinstance(value, dict):
        return {
            name: json.dumps(filled(one, kept)) if name == "body" else filled(one, kept) for name, one in value.items()
        }
    if isinstance(value, list):
        return [filled(one, kept) for one in value]
    return re.sub(r"\{(\w+)\}", lambda name: kept[name[1]], value) if isinstance(value, str) else value


def like(expected, seen, kept):
    """Whether an answer is the expected one, member for member. Keeps the values that it names for the first time."""
    if isinstance(expected, dict):
        return (
            isinstance(seen, dict)
            and expected.keys() == seen.keys()
            and all(like(expected[name], seen[name], kept) for name in expected)
        )
    if isinstance(expected, list):
        return (
            isinstance(seen, list)
            and len(expected) == len(seen)
            and all(like(*pair, kept) for pair in zip(expected, seen))
        )
    if not isinstance(expected, str):
        return expected == seen
    pattern = "".join(
        re.escape(part) if place % 2 == 0 else re.escape(kept[part]) if part in kept else "(?P<%s>.+)" % part
        for place, part in enumerate(re.split(r"\{(\w+)\}", expected))
    )
    found = re.fullmatch(pattern, str(seen))
    kept.update(found.groupdict() if found else {})
    return bool(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_function(case, shop, kept):
    function, asked = case[:2]
    if isinstance(asked, str):
        method, path = filled(asked, kept).split()
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + kept.get("token", "")}
        body, status, expected = case[2:]
        answer = request(shop.api + path, method, None if body is None else filled(body, kept), headers)
        assert answer.status == status
        seen = answer.json
    else:
        payload = json.dumps(filled(asked, kept))
        answer = shop.client("lambda").invoke(FunctionName=function, Payload=payload)
        seen, expected = json.loads(answer["Payload"].read()), case[2]
    assert like(expected, seen, kept), seen
    shop.idle()


@pytest.mark.parametrize("table, expected", ROWS, ids=lambda value: value if isinstance(value, str) else "")
def test_rows(table, expected, shop, kept):
    found = rows(shop.client("dynamodb"), table)
    among = [{name: row.get(name) for name in expected} for row in found]
    assert any(like(expected, row, kept) for row in among), found


def test_every_function_is_here(shop):
    pages = shop.client("lambda").get_paginator("list_functions").paginate()
    names = {function["FunctionName"] for page in pages for function in page["Functions"]}
    assert names == {case[0] for case in CASES}


def test_the_state_of_an_execution_says_the_same(shop, kept):
    states = shop.client("stepfunctions")
    execution = states.describe_execution(executionArn="%s:ORDER-%s" % (kept["arn"], kept["third"]))
    assert like(
        {"orderId": "ORDER#{third}", "paymentId": "PAY#{third}", "status": "CONFIRMED"},
        json.loads(execution["output"]),
        kept,
    )
    history = states.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
    ended = [event["stateExitedEventDetails"] for event in history if "stateExitedEventDetails" in event]
    paid = next(json.loads(state["output"]) for state in ended if state["name"] == "processPayment")
    assert like({"paymentId": "PAY#{third}", "status": "SUCCESS"}, paid["payment"], kept)
