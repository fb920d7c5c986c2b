"""The story of an order: from a search to its delivery and a refund, step by step over HTTP."""
import time
import uuid

from . import mails, way_out
from .console import Failure
from .shop import Shop, query
from .users import sign_in

SEARCH = "backpack"
ADDRESS = {"name": "Sam Shopper", "line1": "1 Market Street", "city": "Springfield", "postal_code": "12345", "country": "US"}
SECONDS_TO_CONFIRM = 30
MOST_OF_A_LINE = 99
# What the shop says of stock that it has not heard of.
UNKNOWN = "Availability unknown"
# That the order was placed, that it is confirmed, that it has arrived, that money goes back; and one for each parcel.
MAILS = 4
SETTLED = ("CONFIRMED", "CANCELLED")


def tell(stack, outputs):
    """Play the story on a running stack and print it; a Failure where it does not end as it should."""
    shop = Shop(outputs["api_url"])
    print(f"\nA shopper at {outputs['api_url']}\n")
    sku = _browse(shop)
    _fill_cart(shop, sku, _more_than_one_warehouse_has(sku, stack, outputs), stack, outputs)
    order_id = _buy(shop)
    parcels = way_out.tell(stack, outputs, order_id, _line)
    _read_mails(stack, order_id, MAILS + parcels)
    order, spent = shop.call("GET", f"/orders/{order_id}")
    _line("the shopper's view", f"{order_id} is {order['status']}, {_money(order['total'])}", spent)


def _browse(shop):
    found, spent = shop.call("GET", "/search" + query(q=SEARCH))
    if not found["hits"]:
        raise Failure(f"nothing was found for {SEARCH!r}: is the sample catalogue loaded? (make up loads it)")
    hit = found["hits"][0]
    _line("search", f"“{SEARCH}”: {found['total']} found, the first is “{hit['title']}” ({hit['product_id']})", spent)
    page, spent = shop.call("GET", f"/products/{hit['product_id']}")
    variant = next((v for v in page["variants"] if v["sku"] == hit["sku"]), page["variants"][0])
    label = variant["availability"]["label"]
    _line("product page", f"{variant['sku']} at {_money(variant['price'])}, availability: {label}", spent)
    if label == UNKNOWN:
        raise Failure(f"the page of {hit['product_id']} does not say what is in stock: see `make logs FUNCTION=ledger-writer`")
    return variant["sku"]


def _more_than_one_warehouse_has(sku, stack, outputs):
    """So many units that the order leaves in two parcels, where all warehouses together have them."""
    operator = Shop(outputs["api_url"])
    operator.token = sign_in(stack, outputs["user_pool_client_id"], "operator")
    rows, _spent = operator.call("GET", f"/admin/inventory/{sku}")
    available = [row["available"] for row in rows["rows"]]
    wanted = max(available) + 1
    return wanted if wanted <= min(sum(available), MOST_OF_A_LINE) else 1


def _fill_cart(shop, sku, quantity, stack, outputs):
    cart, spent = shop.call("PUT", f"/cart/items/{sku}", {"quantity": quantity})
    _line("cart, as a guest", f"{_lines(cart)}", spent)
    began = time.monotonic()
    shop.token = sign_in(stack, outputs["user_pool_client_id"], "shopper")
    _line("sign in", outputs["users"]["shopper"]["username"], (time.monotonic() - began) * 1000)
    # The shopper's cart may hold something from an earlier story: this one starts with the guest's alone.
    cart, _spent = shop.call("GET", "/cart")
    for line in cart["lines"]:
        shop.call("DELETE", f"/cart/items/{line['sku']}", expect=(200, 204))
    cart, spent = shop.call("POST", "/cart/merge", {})
    _line("merge the guest's cart", f"{_lines(cart)}", spent)


def _buy(shop):
    checkout, spent = shop.call("POST", "/checkouts", {})
    _line("checkout", f"{checkout['checkout_id']}, {_money(checkout['total'])} reserved until {checkout['expires_at']}", spent)
    order, spent = shop.call(
        "POST", "/orders",
        {"checkout_id": checkout["checkout_id"], "payment_method": "pm_card_visa", "shipping_address": ADDRESS},
        {"Idempotency-Key": str(uuid.uuid4())})
    _line("order", f"{order['order_id']} is {order['status']}, {_money(order['total'])}", spent)
    order, spent = _settled(shop, order["order_id"])
    payment = (order.get("payment") or {}).get("status", "unknown")
    _line("payment", f"{order['order_id']} is {order['status']}, payment {payment}, version {order['version']}", spent)
    if order["status"] != "CONFIRMED":
        raise Failure(f"the order ended {order['status']}: {order.get('failure')}")
    promise = order["promise"]
    _line("promise", f"it leaves by {promise['leave_by'][:10]} and arrives by {promise['arrive_by'][:10]}", spent)
    orders, spent = shop.call("GET", "/orders")
    newest = orders["orders"][0]
    _line("order history", f"{len(orders['orders'])} orders, the newest {newest['order_id']} is {newest['status']}", spent)
    return order["order_id"]


def _read_mails(stack, order_id, expected):
    """What the shopper was told, where the mailbox can be seen."""
    if not stack.is_emulated_here:
        return
    began = time.monotonic()
    while len(found := mails.about(stack, order_id)) < expected:
        if time.monotonic() - began > SECONDS_TO_CONFIRM:
            raise Failure(f"{len(found)} of {expected} mails came: see `make logs FUNCTION=send-messages`")
        time.sleep(0.05)
    for mail in found:
        _line("mail", f"to {', '.join(mail['To'])}: “{mail['Subject']}”", (time.monotonic() - began) * 1000)


def _settled(shop, order_id):
    began = time.monotonic()
    while True:
        order, _spent = shop.call("GET", f"/orders/{order_id}")
        elapsed = time.monotonic() - began
        if order["status"] in SETTLED:
            return order, elapsed * 1000
        if elapsed > SECONDS_TO_CONFIRM:
            raise Failure(f"{order_id} is still {order['status']} after {SECONDS_TO_CONFIRM} s: see `make logs`")
        time.sleep(0.05)


def _line(step, text, milliseconds):
    print(f"  {step:<24}{text}  [{milliseconds:.0f} ms]", flush=True)


def _lines(cart):
    return ", ".join(f"{line['quantity']} × {line.get('title') or line['sku']}" for line in cart["lines"]) or "empty"


def _money(money):
    return f"{money['amount'] / 100:.2f} {money['currency']}" if money else "no price"
