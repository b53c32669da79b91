"""kill -9 in the midst of many checkouts at once, card and UPI, functions side by side: afterwards what always holds
holds (functions/README.md): no stock lost, one charge an order, one confirmation mail, orders that agree with their
payments.

ROUNDS and SEED set others than 2 rounds at random."""
import os
import random
import shutil
import threading
import time

import pytest

from backlot import (
    CARD,
    DECLINED,
    UPI,
    UPI_FAILS,
    Backlot,
    Customer,
    captures,
    free_port,
    invariants,
    remove,
    rows,
    scratch,
    setting,
)

ROUNDS = setting("ROUNDS", 2)
SEED = setting("SEED", int(time.time()))
CUSTOMERS = 120
PAYMENTS = [CARD, UPI, UPI, CARD, DECLINED, UPI_FAILS]
STAFF = {"admin@example.com", "inventory@example.com"}
ENDS = {"CONFIRMED", "CANCELLED", "PAYMENT_FAILED"}


class Round:
    """A shop on one data folder, killed and started again. Real time, so that functions run side by side."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self):
        self.shop = Backlot.shop(
            data=self.folder, clock="real", port=self.port, more=["--param", "BcryptCost=4"]
        ).start()
        return self.shop


def prepare(folder):
    """Customers with full carts; the same for every round."""
    run = Round(folder)
    admin = Customer(run.shop, "admin@example.com")
    products = [
        admin.post(
            "/product", {"name": name, "price": price, "description": name, "stock": stock, "category": "all"}
        ).json["productId"]
        for name, price, stock in (("Kettle", "1299.50", 1000), ("Cup", "49.99", 60), ("Lamp", "700.00", 15))
    ]
    customers = [None] * CUSTOMERS

    def one(number):
        customers[number] = customer = Customer(run.shop, "customer%d@example.com" % number)
        customer.add_to_cart(products[number % 3], 1 + number % 2)

    side_by_side(one, range(CUSTOMERS), 16)
    run.shop.idle()
    assert run.shop.stop() == 0, "a clean stop"
    return customers


def side_by_side(function, items, threads):
    items, lock = list(items), threading.Lock()

    def work():
        while True:
            with lock:
                if not items:
                    return
                item = items.pop(0)
            function(item)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    return [worker.join() for worker in workers]


def check_out_all(run, customers, acknowledged):
    """Every customer at once, on threads of their own."""
    lock = threading.Lock()

    def one(number):
        try:
            answer = customers[number].check_out(PAYMENTS[number % len(PAYMENTS)], key="once")
        except Exception:  # noqa: BLE001 - no answer, or half of one: the process died
            return
        if answer.status == 202:
            with lock:
                acknowledged[number] = answer.json["orderId"]

    for customer in customers:
        customer.backlot = run.shop
    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(customers))]
    for thread in threads:
        thread.start()
    return threads


def settle(shop):
    """Lets time pass until every execution has ended."""
    for _ in range(400):
        shop.idle("120s")
        if not shop.control("executions?status=RUNNING").json["executions"]:
            return
        shop.next()
    raise RuntimeError("executions go on: %s" % shop.control("executions?status=RUNNING").body[:500])


def how_long(base, customers):
    """Seconds from the first request until all is done."""
    folder = scratch("kill")
    remove(folder)
    shutil.copytree(base, folder)
    try:
        run = Round(folder)
        began = time.monotonic()
        acknowledged = {}
        for thread in check_out_all(run, customers, acknowledged):
            thread.join()
        settle(run.shop)
        took = time.monotonic() - began
        look(run.shop, "without a crash", acknowledged)
        assert run.shop.stop() == 0, "a clean stop"
        return took
    finally:
        remove(folder)


def look(shop, title, acknowledged):
    orders = invariants(shop, title)
    for order in acknowledged.values():
        assert order in orders and orders[order]["status"] in ENDS, (
            title + ": an acknowledged order is there, and has ended",
            orders.get(order),
        )
    payments = {row["orderId"]: row for row in rows(shop.client("dynamodb"), "Payments")}
    for name, order in orders.items():
        status = payments[name]["status"] if name in payments else "NONE"
        agrees = (status == "SUCCESS") == (order["status"] == "CONFIRMED")
        assert agrees and status != "PENDING", "%s: %s is %s and its payment %s" % (
            title,
            name,
            order["status"],
            status,
        )
    for payment, amounts in captures(shop).items():
        assert len(amounts) == 1, ("%s: %s was captured once" % (title, payment), amounts)
    mails = {}
    for mail in shop.control("inbox?limit=100000").json["messages"]:
        if not STAFF.intersection(mail["to"]):  # they are told by topics: at least once
            key = (tuple(mail["to"]), mail["subject"])
            mails[key] = mails.get(key, 0) + 1
    assert {key: many for key, many in mails.items() if many > 1} == {}, title + ": no mail came twice"
    executions = shop.control("executions?limit=1000").json["executions"]
    assert sorted(one["name"] for one in executions) == sorted("ORDER-" + name[6:] for name in orders), (
        title + ": one execution an order"
    )


@pytest.fixture(scope="module")
def base(folder):
    """A data folder with all customers, their carts filled; every round begins with a copy."""
    path = os.path.join(folder, "base")
    return path, prepare(path)


@pytest.fixture(scope="module")
def duration(base):
    return how_long(*base)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_killed(number, base, duration, tmp_path):
    dice = random.Random("%d %d" % (SEED, number))
    places = sorted(dice.uniform(0, duration) for _ in range(1 + (number % 3 == 2)))
    title = "seed %d, round %d, killed after %s s" % (SEED, number, " and ".join("%.2f" % place for place in places))
    folder, customers = str(tmp_path / "data"), base[1]
    shutil.copytree(base[0], folder)
    run, acknowledged = Round(folder), {}
    for place in places:
        threads = check_out_all(run, customers, acknowledged)
        time.sleep(place)
        run.shop.kill()
        for thread in threads:
            thread.join()
        run.start()
    for thread in check_out_all(run, customers, acknowledged):  # who got no answer asks again with the same key
        thread.join()
    settle(run.shop)
    look(run.shop, title, acknowledged)
    assert run.shop.stop() == 0, title + ": a clean stop"
