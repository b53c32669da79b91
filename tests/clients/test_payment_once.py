"""One capture an order, however many invocations of process-payment come at once, and whatever they are told."""
import json
import threading

import pytest

from backlot import RAZORPAY, STRIPE, Backlot, captures, razorpay_pages, request, rows, stand_in_urls

ORDERS = 40
AT_ONCE = 4


def order(number, method):
    one = {
        "orderId": "ORDER#%s%04d" % (method.lower(), number),
        "userId": "USER#1",
        "email": "asha@example.com",
        "totalAmount": "%d.50" % (100 + number),
        "currency": "INR",
        "method": method,
    }
    one.update({"paymentMethod": "pm_card_visa"} if method == "CARD" else {"vpa": "success@razorpay"})
    return one


def all_at_once(functions):
    """Runs them on threads that begin together; gives what they return."""
    gate, results = threading.Barrier(len(functions)), [None] * len(functions)

    def one(place, function):
        gate.wait()
        results[place] = function()

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def invoke(client, function, event):
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


@pytest.mark.parametrize("method", ["UPI", "CARD"])
def test_at_once(method):
    title = "%d invocations at once for each of %d %s orders" % (AT_ONCE, ORDERS, method)
    with Backlot.shop(clock="real") as shop:
        client = shop.client("lambda", max_pool_connections=64)
        orders = [order(number, method) for number in range(ORDERS)]
        answers = []
        for four in range(0, ORDERS, 8):  # 32 at a time
            some = [one for one in orders[four : four + 8] for _ in range(AT_ONCE)]
            answers += zip(some, all_at_once([lambda one=one: invoke(client, "process-payment", one) for one in some]))
        for one in orders:
            own = [answer for asked, answer in answers if asked is one]
            assert any(each.get("status") == "SUCCESS" for each in own) and all(
                each.get("status") == "SUCCESS" or each.get("errorType") == "InProgress" for each in own
            ), (title + ": one of them has taken it, the others say the same or to try again", own)
        expected = {"PAY#" + one["orderId"][6:]: [int(float(one["totalAmount"]) * 100)] for one in orders}
        assert captures(shop) == expected, title + ": one capture an order"
        statuses = {row["status"] for row in rows(shop.client("dynamodb"), "Payments")}
        assert statuses == {"SUCCESS"}, title + ": the table says so"
        again = all_at_once([lambda one=one: invoke(client, "process-payment", one) for one in orders[:16]])
        assert {each.get("status") for each in again} == {"SUCCESS"}, title + ": who asks later is told the same"
        # Taking and giving back race: in the end the money is where the table says.
        late = [order(1000 + number, method) for number in range(12)]
        all_at_once(
            [lambda one=one: invoke(client, "process-payment", one) for one in late]
            + [
                lambda one=one: invoke(client, "refund-payment", {"orderId": one["orderId"]})
                for one in late
                for _ in range(2)
            ]
        )
        for one in late:
            invoke(client, "refund-payment", {"orderId": one["orderId"]})
        kept = {
            row["paymentId"]: row["status"]
            for row in rows(shop.client("dynamodb"), "Payments")
            if row["paymentId"].endswith(tuple(one["orderId"][6:] for one in late))
        }
        assert set(kept.values()) <= {"CANCELLED", "REFUNDED"}, (title + ": what was given back is not kept", kept)
        if method == "UPI":
            refunds = razorpay_pages(shop, "refunds")
            assert len(refunds) == len({each["payment_id"] for each in refunds}), title + ": one refund a payment"
            left = [amounts for payment, amounts in captures(shop).items() if payment in kept and any(amounts)]
            assert left == [], title + ": and no money of it is left"


def test_gateway_rules():
    """Razorpay takes one captured payment an order, and repeats what a receipt or a key has made."""
    with Backlot.shop() as shop:
        base = stand_in_urls(shop)["razorpay"]

        def post(path, body, **headers):
            return request(base + path, "POST", body, {**RAZORPAY, **headers})

        def refused(title, answer, description):
            assert (
                answer.status == 400
                and answer.json["error"]["code"] == "BAD_REQUEST_ERROR"
                and answer.json["error"]["description"] == description
            ), (title, answer)

        wanted = {"amount": 5000, "currency": "INR", "receipt": "PAY#1", "unique_receipt": True}
        made = post("/v1/orders", wanted).json["id"]
        assert post("/v1/orders", wanted).json["id"] == made, "a unique receipt has one order"
        assert post("/v1/orders", {**wanted, "receipt": "PAY#2"}).json["id"] != made, "another receipt has another"
        assert [one["id"] for one in request(base + "/v1/orders?receipt=PAY%231", headers=RAZORPAY).json["items"]] == [
            made
        ], "orders are found by receipt"
        upi = {
            "amount": 5000,
            "currency": "INR",
            "order_id": made,
            "email": "a@example.com",
            "contact": "+919000000000",
            "method": "upi",
        }
        failed = post("/v1/payments/create/upi", {**upi, "upi": {"vpa": "failure@razorpay"}})
        assert failed.status == 200, "a payment that fails does not keep another out"
        payment = post("/v1/payments/create/upi", {**upi, "upi": {"vpa": "success@razorpay"}}).json[
            "razorpay_payment_id"
        ]
        refused(
            "an order that has an authorized payment takes no other",
            post("/v1/payments/create/upi", {**upi, "upi": {"vpa": "success@razorpay"}}),
            "Payment already done for this order.",
        )
        capture = {"amount": 5000, "currency": "INR"}
        assert post("/v1/payments/%s/capture" % payment, capture).json["status"] == "captured", "a payment is captured"
        refused("once", post("/v1/payments/%s/capture" % payment, capture), "This payment has already been captured")
        refused(
            "a paid order takes no other",
            post("/v1/payments/create/upi", {**upi, "upi": {"vpa": "success@razorpay"}}),
            "Your payment has been declined as the order is already paid. Please initiate the payment with a new order.",
        )
        refund = post(
            "/v1/payments/%s/refund" % payment, {"amount": 2000}, **{"X-Refund-Idempotency": "refund-0001"}
        ).json["id"]
        assert (
            post("/v1/payments/%s/refund" % payment, {"amount": 2000}, **{"X-Refund-Idempotency": "refund-0001"}).json[
                "id"
            ]
            == refund
        ), "a refund's key repeats it"
        assert (
            request(base + "/v1/payments/" + payment, headers=RAZORPAY).json["amount_refunded"] == 2000
        ), "and gives nothing twice"
        assert (
            post("/v1/payments/%s/refund" % payment, {}, **{"X-Refund-Idempotency": "short"}).status == 400
        ), "a key of less than 10 characters is refused"
        stripe = stand_in_urls(shop)["stripe"]
        form = {**STRIPE, "Content-Type": "application/x-www-form-urlencoded"}
        intent = request(
            stripe + "/v1/payment_intents",
            "POST",
            "amount=5000&currency=inr&capture_method=manual&confirm=true&payment_method=pm_card_visa",
            form,
        ).json["id"]
        assert (
            request(stripe + "/v1/payment_intents/%s/capture" % intent, "POST", "", form).json["status"] == "succeeded"
        ), "Stripe captures an intent"
        for verb in ("capture", "confirm", "cancel"):
            again = request(stripe + "/v1/payment_intents/%s/%s" % (intent, verb), "POST", "", form)
            assert again.status == 400 and again.json["error"]["code"] == "payment_intent_unexpected_state", (
                "Stripe: no %s after that" % verb,
                again,
            )
