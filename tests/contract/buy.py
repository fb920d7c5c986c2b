"""A shopper who knows nothing of the shop but a client that was generated from its description: `buy.py URL`."""
import os
import sys
import time
import uuid

from client import AuthenticatedClient, models
from client.api.browsing import get_product_page, search_products
from client.api.orders import create_checkout, get_order, list_orders, place_order

DECIDED_WITHIN_SECONDS = 30


def main(url):
    shop = AuthenticatedClient(base_url=url, token=os.environ["SOUK_TOKEN"], raise_on_unexpected_status=True)
    hits = the(models.SearchResults, search_products.sync(client=shop, in_stock=True, limit=1)).hits
    page = the(models.ProductPage, get_product_page.sync(hits[0].product_id, client=shop))
    assert hits[0].sku in [variant.sku for variant in page.variants], page

    line = models.WantedLine(sku=hits[0].sku, quantity=1)
    wanted = models.StartCheckout(lines=[line])
    checkout = the(models.Checkout, create_checkout.sync(client=shop, body=wanted))
    assert checkout.total == hits[0].price, (checkout, hits[0])

    address = models.Address(name="Generated Client", line1="1 Main Street", city="Memphis", country="US", region="TN",
                             postal_code="38103")
    body = models.PlaceOrder(checkout_id=checkout.checkout_id, payment_method="pm_card_visa", shipping_address=address)
    order = the(models.Order, place_order.sync(client=shop, body=body, idempotency_key=str(uuid.uuid4())))

    deadline = time.monotonic() + DECIDED_WITHIN_SECONDS
    while order.status == models.OrderStatus.PENDING_PAYMENT and time.monotonic() < deadline:
        time.sleep(0.1)
        order = the(models.Order, get_order.sync(order.order_id, client=shop))
    assert order.status == models.OrderStatus.CONFIRMED, order
    listed = the(models.OrdersPage, list_orders.sync(client=shop)).orders
    assert order.order_id in [one.order_id for one in listed], listed
    print(f"bought {line.sku}: order {order.order_id} is {order.status}")


def the(kind, answer):
    """An answer of the kind that a success is described as; a refusal is another."""
    assert isinstance(answer, kind), answer
    return answer


main(sys.argv[1])
