"""The product list of the AWS Retail Demo Store: one flat YAML list, each entry one product with one SKU.

Its `id` becomes product id and SKU, `category` and `style` two levels of categories, `current_stock` the stock at
the default warehouse, `price` dollars. Its photographs are not part of the list: the importer draws pictures.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Iterable, Iterator

from . import drawing, sample
from .model import Catalogue, Category, Fault, RawRow, Rejection, Row, Seller

SELLER = Seller("retail-demo-store", "Retail Demo Store")
NAMES = {"homedecor": "Home Decor"}
FLAGS = ("promoted", "featured", "gender_affinity", "where_visible")
# The list speaks of name and stock where the project's own format has title and variants: faults use the list's words.
WORDS = {"variants[0].sku": "id", "variants[0].price": "price", "variants[0].stock": "current_stock", "title": "name"}


def looks_like(value: Any) -> bool:
    """Whether an entry is of such a list."""
    return isinstance(value, dict) and "name" in value and "category" in value


class RetailDemo:
    """Translates entries, and remembers the categories that they name."""

    def __init__(self) -> None:
        self._known: dict[str, Category] = {}

    def rows(self, raw_rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """Each entry as a product of the project's own format."""
        warehouse = sample.default_warehouse()
        for raw in raw_rows:
            if raw.faults or not isinstance(raw.value, dict):
                yield RawRow("product", raw.position, raw.value, raw.faults)
                continue
            faults = [Fault(field, "is missing") for field in ("name", "category", "current_stock") if raw.value.get(field) is None]
            faults += [Fault(field, "must be a text") for field in ("name", "category", "style") if not isinstance(raw.value.get(field) or "", str)]
            if not faults and not slug(raw.value["category"]):
                faults.append(Fault("category", "is empty"))
            if faults:
                yield RawRow("product", raw.position, raw.value, tuple(faults))
                continue
            category = _category(raw.value["category"], raw.value.get("style"), self._known)
            yield RawRow("product", raw.position, _product(raw.value, category, warehouse))

    def complete(self, catalogue: Catalogue) -> None:
        """Adds the categories and the seller that the good rows need."""
        used = set(catalogue.category_ids)
        used |= {parent for name in used if (parent := self._known[name].parent_id)}
        by_level = sorted(used, key=lambda name: (self._known[name].parent_id is not None, name))
        catalogue.categories = [Row("category", self._known[name]) for name in by_level]
        catalogue.sellers = [Row("seller", SELLER)] if catalogue.product_count else []


def _category(category: str, style: str | None, known: dict[str, Category]) -> str:
    top = slug(category)
    known.setdefault(top, Category(top, NAMES.get(category, category.title())))
    if not style or not slug(style):
        return top
    leaf = f"{top}-{slug(style)}"
    known.setdefault(leaf, Category(leaf, style.title(), top))
    return leaf


def _product(value: dict[str, Any], category_id: str, warehouse: str) -> dict[str, Any]:
    attributes = {flag: value[flag] for flag in FLAGS if value.get(flag) is not None}
    if isinstance(value.get("aliases"), list):
        attributes["aliases"] = ", ".join(str(alias) for alias in value["aliases"])
    name = value["name"]
    motif = drawing.motif_for(str(value.get("style") or ""), value["category"])
    draw = {"motif": motif, "colour": drawing.colour_in(str(name)), "backdrop": 0}
    return {
        "id": value.get("id"),
        "title": name,
        "description": value.get("description"),
        "category_id": category_id,
        "seller_id": SELLER.id,
        "attributes": attributes,
        "images": [{"draw": draw, "alt": name}],
        "variants": [{"sku": value.get("id"), "price": value.get("price"), "stock": {warehouse: value["current_stock"]}}],
    }


def reworded(rejection: Rejection) -> Rejection:
    """The same rejection with each fault once and in the list's own field names."""
    faults: dict[Fault, None] = {}
    for fault in rejection.faults:
        name = next((theirs for ours, theirs in WORDS.items() if fault.field.startswith(ours)), fault.field)
        if not name.startswith("images[0]") and not fault.reason.startswith("duplicate SKU"):
            faults[Fault(name, fault.reason)] = None
    return replace(rejection, faults=tuple(faults))


def slug(text: str) -> str:
    """Lower-case words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
