"""The product list of the AWS Retail Demo Store: one flat YAML list, each entry one product with one SKU.

Its `id` becomes product id and SKU, `category` and `style` two levels of categories, `current_stock` the stock at
the default warehouse, `price` dollars. Its photographs are not part of the list: the importer draws pictures.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Iterator

from . import drawing, rows, sample
from .model import Catalogue, Category, RawRow, Row, Seller

SELLER = Seller("retail-demo-store", "Retail Demo Store")
NAMES = {"homedecor": "Home Decor"}
FLAGS = ("promoted", "featured", "gender_affinity", "where_visible")
# The list speaks of name and stock where the project's own format has title and variants: errors use the list's words.
WORDS = (("variants[0].sku", "id"), ("variants[0].price", "price"), ("variants[0].stock", "current_stock"), ("title ", "name "))


def build(raw_rows: Iterable[RawRow]) -> Catalogue:
    """Reads the list and adds the categories and the seller that its good rows need."""
    known: dict[str, Category] = {}
    catalogue = rows.build(_translate(raw_rows, known))
    catalogue.rejections = [_reworded(rejection) for rejection in catalogue.rejections]
    used = {row.value.category_id for row in catalogue.products}
    used |= {known[name].parent_id for name in used if known[name].parent_id}
    by_level = sorted(used, key=lambda name: (known[name].parent_id is not None, name))
    catalogue.categories = [Row("category", known[name]) for name in by_level]
    catalogue.sellers = [Row("seller", SELLER)] if catalogue.products else []
    return catalogue


def _translate(raw_rows: Iterable[RawRow], known: dict[str, Category]) -> Iterator[RawRow]:
    warehouse = sample.default_warehouse()
    for raw in raw_rows:
        if raw.problem or not isinstance(raw.value, dict):
            yield raw
            continue
        problems = [f"{field} is missing" for field in ("name", "category", "current_stock") if raw.value.get(field) is None]
        problems += [f"{field} must be a text" for field in ("category", "style") if not isinstance(raw.value.get(field, ""), str)]
        if not problems and not slug(raw.value["category"]):
            problems.append("category is empty")
        if problems:
            yield RawRow(raw.kind, raw.position, raw.value, "; ".join(problems))
            continue
        category = _category(raw.value["category"], raw.value.get("style"), known)
        yield RawRow(raw.kind, raw.position, _product(raw.value, category, warehouse))


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


def _reworded(rejection):
    """The same rejection with each reason once and in the list's own field names."""
    reasons: list[str] = []
    for reason in rejection.reasons:
        for ours, theirs in WORDS:
            if reason.startswith(ours):
                reason = re.sub(r"^\S+( ?)", theirs.strip() + r"\1", reason)
        if reason not in reasons and not reason.startswith(("images[0]", "duplicate SKU")):
            reasons.append(reason)
    return type(rejection)(rejection.kind, rejection.id, rejection.position, tuple(reasons))


def slug(text: str) -> str:
    """Lower-case words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
