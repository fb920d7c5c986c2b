"""Turns raw rows of the project's own format into a catalogue: every check that needs no server."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Iterable

from . import drawing
from .fields import ID, Fields, kind_of
from .model import Catalogue, Category, Drawing, Image, Position, Product, Rating, RawRow, Rejection, Row, Seller, Variant

MAX_NAME = 200
MAX_DESCRIPTION = 4000
MAX_WAREHOUSES = 20


def build(raw_rows: Iterable[RawRow]) -> Catalogue:
    """Reads every row; a bad one becomes a rejection and the others go on."""
    catalogue = Catalogue()
    seen: dict[str, Position] = {}
    for raw in raw_rows:
        errors: list[str] = [raw.problem] if raw.problem else []
        value = None if errors else READERS[raw.kind](raw.value, errors)
        names = [] if errors else _names(raw.kind, value)
        for name in names:
            if name in seen:
                errors.append(f"duplicate {name}, first used at {seen[name]}")
        if errors:
            catalogue.rejections.append(Rejection(raw.kind, _id_of(raw.value), raw.position, tuple(errors)))
            continue
        seen.update((name, raw.position) for name in names)
        _list_of(catalogue, raw.kind).append(Row(raw.kind, value, raw.position))
    catalogue.categories = _parents_first(catalogue)
    return catalogue


def _names(kind: str, value: Any) -> list[str]:
    names = [f"{kind} id {value.id}"]
    if kind == "product":
        names += [f"SKU {variant.sku}" for variant in value.variants]
    return names


def _list_of(catalogue: Catalogue, kind: str) -> list[Row]:
    return {"category": catalogue.categories, "seller": catalogue.sellers, "product": catalogue.products}[kind]


def _id_of(value: Any) -> str | None:
    name = value.get("id") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None


def _parents_first(catalogue: Catalogue) -> list[Row[Category]]:
    """Orders the tree for loading. A parent that is not in the file may be on the server; a circle can be nowhere."""
    waiting = {row.value.id: row for row in catalogue.categories}
    ordered: list[Row[Category]] = []
    while waiting:
        ready = [row for row in waiting.values() if row.value.parent_id not in waiting]
        if not ready:
            for row in waiting.values():
                catalogue.rejections.append(Rejection("category", row.value.id, row.position, ("parent_id leads in a circle",)))
            break
        for row in ready:
            ordered.append(row)
            del waiting[row.value.id]
    return ordered


def _category(raw: Any, errors: list[str]) -> Category | None:
    fields = Fields(raw, errors)
    result = dict(id=fields.id("id"), name=fields.text("name", MAX_NAME), parent_id=fields.id("parent_id", required=False))
    fields.finish()
    return None if errors else Category(**result)


def _seller(raw: Any, errors: list[str]) -> Seller | None:
    fields = Fields(raw, errors)
    result = dict(id=fields.id("id"), name=fields.text("name", MAX_NAME))
    fields.finish()
    return None if errors else Seller(**result)


def _product(raw: Any, errors: list[str]) -> Product | None:
    fields = Fields(raw, errors)
    result = dict(
        id=fields.id("id"),
        title=fields.text("title", MAX_NAME),
        description=fields.text("description", MAX_DESCRIPTION),
        category_id=fields.id("category_id"),
        seller_id=fields.id("seller_id"),
        rating=_rating(fields.inner("rating")),
        attributes=fields.texts("attributes"),
        images=tuple(_image(image) for image in fields.items("images")),
        variants=tuple(_variant(variant) for variant in fields.items("variants", required=True)),
    )
    fields.finish()
    if errors:
        return None
    product = Product(**result)
    skus = [variant.sku for variant in product.variants]
    errors.extend(f"duplicate SKU {sku} within the product" for sku in sorted({sku for sku in skus if skus.count(sku) > 1}))
    return product


def _rating(fields: Fields | None) -> Rating | None:
    if fields is None:
        return None
    average, count = fields.take("average", required=True), fields.count("count")
    fields.finish()
    if average is None or count is None:
        return None
    if isinstance(average, bool) or not isinstance(average, (int, Decimal)):
        return fields.error("average", f"must be a number, not {kind_of(average)}")
    if not 0 <= float(average) <= 5:
        return fields.error("average", f"{average} is not within 0 and 5")
    return Rating(float(average), count)


def _image(fields: Fields) -> Image | None:
    alt, url, draw = fields.text("alt", MAX_NAME), fields.text("url", 2000, required=False), fields.inner("draw")
    fields.finish()
    if (url is None) == (draw is None):
        return fields.error("url", "or draw: exactly one of them is needed")
    picture = _drawing(draw) if draw else None
    return Image(alt, url, picture) if alt else None


def _drawing(fields: Fields) -> Drawing | None:
    motif, colour = fields.text("motif", 40), fields.text("colour", 40)
    backdrop = fields.count("backdrop", required=False, limit=drawing.BACKDROPS - 1)
    fields.finish()
    if motif is not None and motif not in drawing.motifs():
        return fields.error("motif", f"{motif!r} is not in motifs.yaml")
    if colour is not None and drawing.hex_of(colour) is None:
        return fields.error("colour", f"{colour!r} is neither in colours.yaml nor #rrggbb")
    return Drawing(motif, colour, backdrop or 0) if motif and colour else None


def _variant(fields: Fields) -> Variant | None:
    sku, title, price = fields.id("sku"), fields.text("title", MAX_NAME, required=False), fields.money("price")
    attributes, stock = fields.texts("attributes"), _stock(fields)
    fields.finish()
    return Variant(sku, price, title, attributes, stock) if sku and price is not None else None


def _stock(fields: Fields) -> dict[str, int]:
    inner = fields.inner("stock")
    warehouses = fields.take("stock")
    if inner is None or not isinstance(warehouses, dict):
        return {}
    if len(warehouses) > MAX_WAREHOUSES:
        fields.error("stock", f"names more than {MAX_WAREHOUSES} warehouses")
        return {}
    stock = {}
    for warehouse in warehouses:
        quantity = inner.count(warehouse)
        if not isinstance(warehouse, str) or not ID.match(warehouse):
            inner.error(str(warehouse), "is no usable warehouse id")
        elif quantity is not None:
            stock[warehouse] = quantity
    return stock


READERS = {"category": _category, "seller": _seller, "product": _product}
