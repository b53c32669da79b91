#!/usr/bin/python3
"""kill -9 in the midst of many checkouts at once, card and UPI, functions side by side: afterwards what always holds holds
(functions/README.md): no stock lost, one charge an order, one confirmation mail, orders that agree with their payments.

  test_checkout_kill.py [ROUNDS [SEED]]     2 rounds where nothing is said"""
import os
import random
import shutil
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../clients"))
from backlot import (CARD, DECLINED, UPI, UPI_FAILS, Backlot, Customer, captures, check, counts, equal, finish, free_port, invariants,   # noqa: E402
                     part, remove, rows, scratch)

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 2
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
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
        self.shop = Backlot.shop(data=self.folder, clock="real", port=self.port, more=["--param", "BcryptCost=4"]).start()
        return self.shop


def prepare(folder):
    """Customers with full carts; the same for every round."""
    run = Round(folder)
    admin = Customer(run.shop, "admin@example.com")
    products = [admin.post("/product", {"name": name, "price": price, "description": name, "stock": stock, "category": "all"}).json["productId"]
                for name, price, stock in (("Kettle", "1299.50", 1000), ("Cup", "49.99", 60), ("Lamp", "700.00", 15))]
    customers = [None] * CUSTOMERS

    def one(number):
        customers[number] = customer = Customer(run.shop, "customer%d@example.com" % number)
        customer.add_to_cart(products[number % 3], 1 + number % 2)

    side_by_side(one, range(CUSTOMERS), 16)
    run.shop.idle()
    equal("a clean stop", run.shop.stop(), 0)
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
        except Exception:   # noqa: BLE001 - no answer, or half of one: the process died
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
        equal("a clean stop", run.shop.stop(), 0)
        return took
    finally:
        remove(folder)


def look(shop, title, acknowledged):
    orders = invariants(shop, title)
    for order in acknowledged.values():
        check(title + ": an acknowledged order is there, and has ended", order in orders and orders[order]["status"] in ENDS, orders.get(order))
    payments = {row["orderId"]: row for row in rows(shop.client("dynamodb"), "Payments")}
    for name, order in orders.items():
        status = payments[name]["status"] if name in payments else "NONE"
        agrees = (status == "SUCCESS") == (order["status"] == "CONFIRMED")
        check("%s: %s is %s and its payment %s" % (title, name, order["status"], status), agrees and status != "PENDING")
    for payment, amounts in captures(shop).items():
        check("%s: %s was captured once" % (title, payment), len(amounts) == 1, amounts)
    mails = {}
    for mail in shop.control("inbox?limit=100000").json["messages"]:
        if not STAFF.intersection(mail["to"]):   # they are told by topics: at least once
            key = (tuple(mail["to"]), mail["subject"])
            mails[key] = mails.get(key, 0) + 1
    equal(title + ": no mail came twice", {key: many for key, many in mails.items() if many > 1}, {})
    executions = shop.control("executions?limit=1000").json["executions"]
    equal(title + ": one execution an order", sorted(one["name"] for one in executions), sorted("ORDER-" + name[6:] for name in orders))


def crash(number, base, customers, duration, dice):
    places = sorted(dice.uniform(0, duration) for _ in range(1 + (number % 3 == 2)))
    title = "round %d, killed after %s s" % (number, " and ".join("%.2f" % place for place in places))
    folder = scratch("kill")
    remove(folder)
    shutil.copytree(base, folder)
    try:
        with part(title):
            run, acknowledged = Round(folder), {}
            for place in places:
                threads = check_out_all(run, customers, acknowledged)
                time.sleep(place)
                run.shop.kill()
                for thread in threads:
                    thread.join()
                run.start()
            for thread in check_out_all(run, customers, acknowledged):   # who got no answer asks again with the same key
                thread.join()
            settle(run.shop)
            look(run.shop, title, acknowledged)
            equal(title + ": a clean stop", run.shop.stop(), 0)
    finally:
        remove(folder)
    print("%s: %d orders; %d passed, %d failed" % (title, len(acknowledged), counts[True], counts[False]), flush=True)


def main():
    print("seed %d" % SEED)
    dice = random.Random(SEED)
    base = scratch("kill")
    try:
        customers = prepare(base)
        duration = how_long(base, customers)
        print("%d checkouts take %.1f s" % (CUSTOMERS, duration), flush=True)
        for number in range(ROUNDS):
            crash(number, base, customers, duration, dice)
    finally:
        remove(base)
    finish()


main()
