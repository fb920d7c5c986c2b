"""Puts a chunk of products: their own rows first, then prices and stock of those that the catalog took."""

from __future__ import annotations

import threading
from typing import Any

from .model import Row
from .operator_api import OperatorApi, path_of
from .row_put import Outcome, Refused
from .row_requests import Puts, puts_of
from .transport import Unreachable

Results = dict[str, Outcome | Refused]


class ProductLoader:
    """One chunk on its way. `stop` ends it between two requests."""

    def __init__(self, api: OperatorApi, stop: threading.Event) -> None:
        self._api, self._stop = api, stop
        self._results: Results = {}

    def put(self, rows: list[Row], same_as_before: set[str]) -> Results:
        """What became of each product, by its row's key: the greatest outcome of its puts, or the first refusal."""
        self._results = {row.key: Outcome.UNCHANGED for row in rows}
        puts = {row.key: puts_of(row.value) for row in rows}
        self._put("products", puts)
        self._put("prices", puts)
        # Stock never goes away, except with the stack: then the product was missing as well.
        fresh = {key: put for key, put in puts.items() if key not in same_as_before or self._results[key] is not Outcome.UNCHANGED}
        self._put("inventory", fresh, keep=True)
        return self._results

    def _put(self, collection: str, puts: dict[str, Puts], keep: bool = False) -> None:
        rows = [(key, row) for key, put in puts.items() if not isinstance(self._results[key], Refused) for row in put[collection]]
        if self._stop.is_set():
            raise Unreachable("the import was stopped")
        if not rows:
            return
        for (key, row), told in zip(rows, self._api.put_rows(path_of(collection), [row for _, row in rows], keep), strict=True):
            if isinstance(self._results[key], Refused):
                continue
            if isinstance(told, Refused):
                self._results[key] = told if collection == "products" else told.within(_name_of(collection, row))
            else:
                self._results[key] = max(self._results[key], told)


def _name_of(collection: str, row: dict[str, Any]) -> str:
    """Which of a product's puts was refused."""
    return "/".join([collection, *(row[name] for name in ("sku", "warehouse_id") if name in row)])
