"""Reads rows of the project's own format: every check of one row that needs no server."""

from __future__ import annotations

from typing import Any, Iterable

from . import contract, drawing, row_requests
from .fields import ID, Fields
from .model import Category, Collection, Drawing, Fault, Image, Product, Rating, RawRow, Rejection, Row, Seller, Variant

MAX_WAREHOUSES = 20
SCHEMAS = {"category": "CategoryDetails", "collection": "CollectionDetails", "seller": "SellerDetails"}


def read(raw: RawRow) -> Row | Rejection:
    """The row, or all that is wrong with it."""
    if raw.faults:
        return rejection_of(raw, raw.faults)
    faults: list[Fault] = []
    value = READERS[raw.kind](Fields(raw.value, faults), faults)
    if not faults:
        faults += [Fault(*fault) for fault in _server_faults(raw.kind, value)]
    return rejection_of(raw, faults) if faults else Row(raw.kind, value, raw.position)


def rejection_of(raw: RawRow, faults: Iterable[Fault]) -> Rejection:
    """What is told of a bad row; each fault once."""
    name = raw.value.get("id") if isinstance(raw.value, dict) else None
    return Rejection(raw.kind or "product", name if isinstance(name, str) else None, raw.position, tuple(dict.fromkeys(faults)))


def names_of(row: Row) -> list[str]:
    """What no other row may be called."""
    skus = [f"SKU {variant.sku}" for variant in row.value.variants] if row.kind == "product" else []
    return [f"{row.kind} id {row.value.id}", *skus]


def _server_faults(kind: str, value: Any) -> list[tuple[str, str]]:
    if kind == "product":
        return contract.product_faults(row_requests.details_of(value))
    return contract.faults(SCHEMAS[kind], row_requests.body_of(value))


def _category(fields: Fields, faults: list[Fault]) -> Category | None:
    attributes = tuple(_definition(definition) for definition in fields.items("attributes"))
    result = dict(id=fields.id("id"), name=fields.text("name"), parent_id=fields.id("parent_id", required=False), attributes=attributes)
    fields.finish()
    return None if faults else Category(**result)


def _definition(fields: Fields) -> dict[str, Any]:
    """An attribute that the category's products have, as the API takes it."""
    definition = {"name": fields.text("name"), "required": fields.flag("required"), "facet": fields.flag("facet")}
    if takes := fields.inner("takes"):
        kind = {"type": takes.text("type"), "unit": takes.text("unit", required=False), "of": list(takes.entries("of"))}
        takes.finish()
        definition["takes"] = {name: value for name, value in kind.items() if value}
    fields.finish()
    return {name: value for name, value in definition.items() if value is not None}


def _collection(fields: Fields, faults: list[Fault]) -> Collection | None:
    result = dict(
        id=fields.id("id"),
        name=fields.text("name"),
        description=fields.text("description", required=False),
        featured_product_ids=fields.entries("featured_product_ids", of_ids=True),
    )
    fields.finish()
    return None if faults else Collection(**result)


def _seller(fields: Fields, faults: list[Fault]) -> Seller | None:
    result = dict(id=fields.id("id"), name=fields.text("name"))
    fields.finish()
    return None if faults else Seller(**result)


def _product(fields: Fields, faults: list[Fault]) -> Product | None:
    result = dict(
        id=fields.id("id"),
        title=fields.text("title"),
        description=fields.text("description", blank=True),
        category_id=fields.id("category_id"),
        seller_id=fields.id("seller_id"),
        rating=_rating(fields.inner("rating")),
        attributes=fields.texts("attributes"),
        further_category_ids=fields.entries("further_category_ids", of_ids=True),
        collection_ids=fields.entries("collection_ids", of_ids=True),
        tags=fields.entries("tags"),
        brand=fields.text("brand", required=False),
        condition=fields.text("condition", required=False),
        images=tuple(_image(image) for image in fields.items("images")),
        variants=tuple(_variant(variant) for variant in fields.items("variants", required=True)),
    )
    fields.finish()
    if faults:
        return None
    product = Product(**result)
    skus = [variant.sku for variant in product.variants]
    faults.extend(Fault("", f"duplicate SKU {sku} within the product") for sku in sorted({sku for sku in skus if skus.count(sku) > 1}))
    return product


def _rating(fields: Fields | None) -> Rating | None:
    if fields is None:
        return None
    average, count = fields.number("average"), fields.count("count", limit=contract.most("Rating", "count"))
    fields.finish()
    return None if average is None or count is None else Rating(float(average), count)


def _image(fields: Fields) -> Image | None:
    alt, url, draw = fields.text("alt"), fields.text("url", required=False), fields.inner("draw")
    fields.finish()
    if (url is None) == (draw is None):
        return fields.error("url", "or draw: exactly one of them is needed")
    picture = _drawing(draw) if draw else None
    return Image(alt, url, picture) if alt is not None and (url or picture) else None


def _drawing(fields: Fields) -> Drawing | None:
    motif, colour = fields.text("motif"), fields.text("colour")
    backdrop = fields.count("backdrop", required=False, limit=drawing.BACKDROPS - 1)
    fields.finish()
    if motif is not None and motif not in drawing.motifs():
        return fields.error("motif", f"{motif!r} is not in motifs.yaml")
    if colour is not None and drawing.hex_of(colour) is None:
        return fields.error("colour", f"{colour!r} is neither in colours.yaml nor #rrggbb")
    return Drawing(motif, colour, backdrop or 0) if motif and colour else None


def _variant(fields: Fields) -> Variant | None:
    sku, title, price = fields.id("sku"), fields.text("title", required=False), fields.money("price")
    attributes, stock = fields.texts("attributes"), _stock(fields.inner("stock"))
    weight, dimensions = fields.text("weight", required=False), fields.texts("dimensions")
    fields.finish()
    return Variant(sku, price, title, attributes, stock, weight, dimensions) if sku and price is not None else None


def _stock(fields: Fields | None) -> dict[str, int]:
    stock = {}
    for warehouse in fields.names() if fields else ():
        quantity = fields.count(warehouse)
        if not ID.match(warehouse):
            fields.error(warehouse, "is no usable warehouse id")
        elif quantity is not None:
            stock[warehouse] = quantity
    if len(stock) > MAX_WAREHOUSES:
        fields.errors.append(Fault(fields.path, f"names more than {MAX_WAREHOUSES} warehouses"))
    return stock


READERS = {"category": _category, "collection": _collection, "seller": _seller, "product": _product}
