"""Waits until search finds what was loaded.

Search is walked from its first hit to its last, so that every single product is looked for, not only how many there
are. A product counts as found when its hit shows the title, and the price of the variant it stands for, as loaded, and
says something of that variant's stock, where it was loaded with stock. The last-loaded products are also looked for by
their words, as a shopper would.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Sequence
from urllib.parse import urlencode

from .model import Product
from .transport import HttpClient

PAGE = 50
# Far more pages than a shop has: ends a cursor that leads in a circle.
MAX_PAGES = 100_000
SENTINELS = 5
# What the shop says of stock that it has not heard of.
UNKNOWN = "Availability unknown"


class SearchFailed(Exception):
    """Search does not answer as the API promises."""


@dataclass
class SearchWaiter:
    """Asks search again and again, until it has found nothing more for `timeout` seconds."""

    http: HttpClient
    timeout: float
    progress: Callable[[int, int], None] = lambda found, wanted: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def wait(self, products: Sequence[Product]) -> list[str]:
        """The ids that search does not find: none is success."""
        most, deadline = 0, self.clock() + self.timeout
        missing = {product.id: product for product in products}
        sentinels = list(products)[-SENTINELS:]
        rounds = 0
        while True:
            for hit in self._everything(PAGE - rounds % 10) if missing else ():
                product = missing.get(hit.get("product_id"))
                if product and shows(hit, product):
                    del missing[product.id]
                    if not missing:
                        break
            found = len(products) - len(missing)
            self.progress(found, len(products))
            if found > most:
                most, deadline = found, self.clock() + self.timeout
            if not missing:
                sentinels = [product for product in sentinels if not self._finds(product, rounds)]
            if not missing and not sentinels:
                return []
            if self.clock() >= deadline:
                return list(missing) or [product.id for product in sentinels]
            rounds += 1
            self.sleep(min(0.2 * 1.5**rounds, 2.0))

    def _everything(self, limit: int) -> Iterator[dict[str, Any]]:
        # Each round asks for another page size: the same address again might be answered by a cache in front of search.
        parameters = {"limit": limit}
        for _ in range(MAX_PAGES):
            page = self._search(parameters)
            yield from page["hits"]
            if not page.get("cursor") or not page["hits"]:
                return
            parameters = {"limit": limit, "cursor": page["cursor"]}
        raise SearchFailed(f"search has more than {MAX_PAGES} pages")

    def _finds(self, product: Product, rounds: int) -> bool:
        # Many titles of a large catalogue share their words, some all of them: the price singles the product out.
        price = product.variants[0].price.amount
        hits = self._search({"q": " ".join(product.title.split()[:8]), "min_price": price, "max_price": price, "limit": PAGE - rounds % 10})["hits"]
        return any(hit.get("product_id") == product.id for hit in hits)

    def _search(self, parameters: dict[str, Any]) -> dict[str, Any]:
        response = self.http.request("GET", "/search?" + urlencode(parameters))
        if not response.ok or not isinstance(response.body, dict) or not isinstance(response.body.get("hits"), list):
            raise SearchFailed(f"GET /search: {response.reason}")
        return response.body


def shows(hit: dict[str, Any], product: Product) -> bool:
    """Whether a hit shows the product as it was loaded, not as it was before."""
    variant = next((variant for variant in product.variants if variant.sku == hit.get("sku")), None)
    if variant is None or hit.get("title") != product.title:
        return False
    price, availability = hit.get("price") or {}, hit.get("availability") or {}
    # How many there are may have changed since; that there are some, or none, is known from the first row on.
    return price.get("amount") == variant.price.amount and not (variant.stock and availability.get("label", UNKNOWN) == UNKNOWN)
