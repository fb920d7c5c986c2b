"""Reads a source once from its beginning to its end: what is needed before the products, and every bad row."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Callable, Iterable, Iterator

from . import rows
from .model import Catalogue, Category, Drawing, Fault, Position, Product, RawRow, Rejection, Row
from .names import Names

Reject = Callable[[Rejection], None]
RawRows = Callable[[], Iterable[RawRow]]


class Products:
    """The good products of a source, read again by everyone who walks them: a catalogue need not fit into memory."""

    def __init__(self, source: RawRows, duplicates: set[Position]) -> None:
        self._source, self._duplicates = source, duplicates

    def __iter__(self) -> Iterator[Row[Product]]:
        for raw in self._source():
            if raw.kind == "product" and raw.position not in self._duplicates:
                row = rows.read(raw)
                if isinstance(row, Row):
                    yield row


def build(source: RawRows, reject: Reject) -> Catalogue:
    """Reads every row; `reject` is told of each bad one, and the others go on."""
    found: dict[str, list[Row]] = {"category": [], "collection": [], "seller": []}
    duplicates: set[Position] = set()
    drawings: set[Drawing] = set()
    category_ids: set[str] = set()
    counts, rejected = Counter(), Counter()

    def refuse(rejection: Rejection) -> None:
        rejected[rejection.kind] += 1
        reject(rejection)

    with contextlib.closing(Names()) as names:
        for raw in source():
            row = rows.read(raw)
            if isinstance(row, Row) and (faults := names.use(rows.names_of(row), raw.position)):
                duplicates.add(raw.position)
                row = rows.rejection_of(raw, faults)
            if isinstance(row, Rejection):
                refuse(row)
            elif row.kind == "product":
                counts.update(products=1, skus=len(row.value.variants))
                category_ids.update((row.value.category_id, *row.value.further_category_ids))
                drawings.update(image.drawing for image in row.value.images if image.drawing)
            else:
                found[row.kind].append(row)
    categories = _parents_first(found["category"], refuse)
    products = Products(source, duplicates)
    return Catalogue(categories, found["collection"], found["seller"], products, counts["products"], counts["skus"], category_ids, drawings, rejected)


def _parents_first(categories: list[Row[Category]], refuse: Reject) -> list[Row[Category]]:
    """Orders the tree for loading. A parent that is not in the file may be on the server; a circle can be nowhere."""
    waiting = {row.value.id: row for row in categories}
    ordered: list[Row[Category]] = []
    while waiting:
        ready = [row for row in waiting.values() if row.value.parent_id not in waiting]
        if not ready:
            for row in waiting.values():
                refuse(Rejection("category", row.value.id, row.position, (Fault("parent_id", "leads in a circle"),)))
            break
        for row in ready:
            ordered.append(row)
            del waiting[row.value.id]
    return ordered
