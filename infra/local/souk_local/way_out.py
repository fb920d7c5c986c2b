"""The order's way out: the warehouses' lists, a parcel from each, delivery, a refund, and what is remembered of it."""
import time
import uuid

from .console import Failure
from .shop import Shop
from .users import sign_in

SECONDS_TO_FOLLOW = 30
# Where the goods of the story lie in each warehouse.
PLACE = "A-12-3"
CARRIERS = ("Swift Parcel", "Harbour Post")
GOODWILL = 500


def tell(stack, outputs, order_id, line):
    """Pack, ship, deliver and partly refund a confirmed order; ``line`` prints a step. How many parcels left."""
    def signed_in(role):
        shop = Shop(outputs["api_url"])
        shop.token = sign_in(stack, outputs["user_pool_client_id"], role)
        return shop

    operator, staff = signed_in("operator"), signed_in("warehouse")
    sold, _spent = _eventually(f"{order_id} does not settle: see `make problems`", lambda: _sold(operator, order_id))
    warehouses = sorted({units["warehouse_id"] for units in sold})
    for number, warehouse in enumerate(warehouses):
        _pack_and_ship(staff, order_id, warehouse, CARRIERS[number % len(CARRIERS)], line)
    order, spent = staff.call("POST", f"/admin/orders/{order_id}/deliver", {})
    line("delivery", f"{order_id} is {order['status']}", spent)
    _refund(operator, order_id, line)
    _look_back(operator, order_id, line)
    return len(warehouses)


def _sold(operator, order_id):
    history, _spent = operator.call("GET", f"/admin/orders/{order_id}")
    if history["settled"]:
        # A stack of the order protocol's first edition has reservations.
        return history["sold"] or history["reservation"]["lines"]
    return None


def _pack_and_ship(staff, order_id, warehouse, carrier, line):
    path = f"/admin/orders/{order_id}/fulfilments/{warehouse}"
    work, _spent = _eventually(f"no work for {warehouse}: see `make logs FUNCTION=follow-orders`", lambda: _found(staff, path))
    for item in work["items"]:
        _row, spent = staff.call("PUT", f"/admin/inventory/{item['sku']}/{warehouse}/place", {"place": PLACE})
        line("put away", f"{item['sku']} lies at {PLACE} in {warehouse}", spent)
    work, spent = staff.call("GET", path)
    listed, _spent = staff.call("GET", f"/admin/warehouses/{warehouse}/fulfilments?status=NEW")
    items = ", ".join(f"{item['quantity']} × {item['sku']} at {item.get('place', 'no place')}" for item in work["items"])
    line(f"work list of {warehouse}", f"{len(listed['fulfilments'])} to pick, among them {items} to {work['shipping_address']['city']}, "
         f"to leave by {work['promise']['leave_by'][:10]}{' (late)' if work['late'] else ''}", spent)
    staff.call("POST", f"{path}/claim", {})
    label = {"carrier": carrier, "tracking_number": f"{warehouse[:2].upper()}-{uuid.uuid4().hex[:10].upper()}"}
    packed, spent = staff.call("POST", f"{path}/pack", {"parcels": [label]})
    line("pick and pack", f"{packed['state']}, with the label {label['tracking_number']} of {carrier}", spent)
    order, spent = staff.call("POST", f"{path}/ship", {})
    line("ship", f"from {warehouse}: {order.get('fulfilment', order['status'])}, the order is {order['status']}", spent)


def _refund(operator, order_id, line):
    path = f"/admin/orders/{order_id}/refunds"
    refund, spent = operator.call("POST", path, {"amount": {"amount": GOODWILL, "currency": "USD"}, "reason": "GOODWILL"},
                                  {"Idempotency-Key": str(uuid.uuid4())})
    line("refund", f"{GOODWILL / 100:.2f} USD for goodwill, {refund['state']}", spent)


def _look_back(operator, order_id, line):
    timeline, spent = operator.call("GET", f"/admin/orders/{order_id}/timeline")
    kinds = [entry["what"]["kind"] for entry in timeline["entries"]]
    line("timeline", f"{len(kinds)} entries, from {kinds[0]} to {kinds[-1]}", spent)


def _found(shop, path):
    answer, _spent = shop.call("GET", path, expect=(200, 404))
    return answer if "state" in answer else None


def _eventually(otherwise, ask):
    began = time.monotonic()
    while not (answer := ask()):
        if time.monotonic() - began > SECONDS_TO_FOLLOW:
            raise Failure(otherwise)
        time.sleep(0.05)
    return answer, (time.monotonic() - began) * 1000
