"""kill -9 in mid-checkout, at many places: after a restart every order ends CONFIRMED or compensated, and what always
holds holds. A place is a line of the record: the process dies as soon as that much has happened.

ROUNDS=200 tries more places."""
import threading

import pytest

from backlot import CARD, DECLINED, UPI, Backlot, Customer, free_port, invariants, remove, rows, scratch, setting

ROUNDS = setting("ROUNDS", 14)
ENDS = {"CONFIRMED", "CANCELLED", "PAYMENT_FAILED"}
CUSTOMERS = 4


class Round:
    """A shop on one data folder, killed and started again."""

    def __init__(self, folder, clock):
        self.folder, self.clock, self.port = folder, clock, free_port()
        self.shop = self.start()

    def start(self):
        return Backlot.shop(
            data=self.folder, clock=self.clock, port=self.port, more=["--param", "BcryptCost=4"]
        ).start()

    def restart(self):
        self.shop = self.start()

    def work(self):
        """How much was done so far."""
        return sum(count["calls"] for count in self.shop.control("info").json["counts"].values())


def place_orders(shop, product):
    """Checkouts of all kinds, side by side; what was acknowledged is what was answered 201 or 202."""
    customers = [Customer(shop, "customer%d@example.com" % number) for number in range(CUSTOMERS)]
    for number, customer in enumerate(customers):
        customer.add_to_cart(product[number % 2], 1 + number % 2)
    acknowledged, lock = [], threading.Lock()

    def one(customer, payment):
        try:
            answer = customer.check_out(payment, key="once")
        except OSError:
            return
        except Exception:  # noqa: BLE001 - half an answer: the process died while it wrote
            return
        if answer.status == 202:
            with lock:
                acknowledged.append((customer, answer.json["orderId"]))

    threads = [
        threading.Thread(target=one, args=(customer, payment))
        for customer, payment in zip(customers, (CARD, UPI, DECLINED, CARD))
    ]
    for thread in threads:
        thread.start()
    return customers, acknowledged, threads


@pytest.fixture(scope="module")
def total():
    """How much work it is when nothing goes wrong."""
    folder = scratch("crash")
    try:
        run = Round(folder, "virtual")
        product = prepare(run.shop)
        before = run.work()
        _, acknowledged, threads = place_orders(run.shop, product)
        for thread in threads:
            thread.join()
        run.shop.settle()
        assert len(acknowledged) == CUSTOMERS, "without a crash: all orders are taken"
        after = run.work()
        invariants(run.shop, "without a crash")
        assert run.shop.stop() == 0, "a clean stop"
        return after - before
    finally:
        remove(folder)


def prepare(shop):
    admin = Customer(shop, "admin@example.com")
    product = [
        admin.post("/product", {"name": name, "price": price, "description": name, "stock": 5, "category": "all"}).json[
            "productId"
        ]
        for name, price in (("Kettle", "1299.50"), ("Cup", "49.99"))
    ]
    shop.idle()
    return product


def wait_for_work(run, amount):
    """Until that much is done, or nothing more comes; another thread's orders are under way meanwhile."""
    seen, same = -1, 0
    while seen < amount and same < 50:
        now = run.work()
        same = same + 1 if now == seen else 0
        seen = now


@pytest.mark.parametrize("number", range(ROUNDS))
def test_killed(number, total, tmp_path):
    where, clock = 1 + number * total // ROUNDS, "auto" if number % 3 == 2 else "virtual"
    again = number % 4 == 3
    title = "killed after %d of %d steps, %s clock" % (where, total, clock)
    title += ", and while it recovers" if again else ""
    run = Round(str(tmp_path / "data"), clock)
    product = prepare(run.shop)
    begun = run.work()
    customers, acknowledged, threads = place_orders(run.shop, product)
    wait_for_work(run, begun + where)
    run.shop.kill()
    for thread in threads:
        thread.join()
    run.restart()
    if again:
        run.shop.kill()
        run.restart()
    shop = run.shop
    for customer in customers:
        customer.backlot = shop
    # Who got no answer asks again with the same key.
    for customer, payment in zip(customers, (CARD, UPI, DECLINED, CARD)):
        answer = customer.check_out(payment, key="once")
        assert answer.status in (202, 409), ("%s: asked again, the order is taken or was" % title, answer)
        if answer.status == 202 and (customer, answer.json["orderId"]) not in acknowledged:
            acknowledged.append((customer, answer.json["orderId"]))
    settle(shop, clock)
    orders = invariants(shop, title)
    for customer, order in acknowledged:
        assert order in orders and orders[order]["status"] in ENDS, (
            "%s: an acknowledged order is there, and has ended" % title,
            orders.get(order, {}).get("status"),
        )
    assert len(orders) == len({order["userId"] for order in orders.values()}), title + ": one order a key"
    executions = shop.control("executions").json["executions"]
    assert [one for one in executions if one["status"] == "RUNNING"] == [], title + ": no execution is left running"
    assert len(executions) == len({one["name"] for one in executions}) == len(orders), (
        title + ": each order has one execution",
        (len(executions), len(orders)),
    )
    payments = rows(shop.client("dynamodb"), "Payments")
    assert len(payments) == len({payment["orderId"] for payment in payments}), (
        title + ": one payment an order",
        payments,
    )
    assert shop.stop() == 0, title + ": a clean stop"
    # And once more: what a clean stop left is the same.
    run.restart()
    assert {row["orderId"]: row["status"] for row in rows(run.shop.client("dynamodb"), "Orders")} == {
        name: order["status"] for name, order in orders.items()
    }, (title + ": the same orders after another start")
    run.shop.stop()


def settle(shop, clock):
    if clock == "virtual":
        return shop.settle()
    for _ in range(200):  # this clock runs ahead by itself whenever there is nothing else to do
        shop.idle()
        if not shop.control("executions?status=RUNNING").json["executions"]:
            return None
    raise RuntimeError("executions go on")
