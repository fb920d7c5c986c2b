"""What each good row becomes at the operator's API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator

from . import drawing
from .model import Image, Product, Row
from .operator_api import path_of


@dataclass(frozen=True)
class Request:
    """One resource to be put. Stock is only ever created: what is there may have been sold since."""

    path: str
    body: dict[str, Any]
    create_only: bool = False


def requests_of(row: Row) -> list[Request]:
    """The requests of a row, in their order: the product before its prices and its stock."""
    value = row.value
    if row.kind == "category":
        parent = {"parent_id": value.parent_id} if value.parent_id else {}
        return [Request(path_of("categories", value.id), {"name": value.name, **parent})]
    if row.kind == "seller":
        return [Request(path_of("sellers", value.id), {"name": value.name})]
    return list(_of_product(value))


def _of_product(product: Product) -> Iterator[Request]:
    body: dict[str, Any] = {
        "title": product.title,
        "description": product.description,
        "category_id": product.category_id,
        "seller_id": product.seller_id,
        "variants": [],
    }
    if product.rating:
        body["rating"] = {"average": product.rating.average, "count": product.rating.count}
    if product.attributes:
        body["attributes"] = product.attributes
    if product.images:
        body["images"] = [{"url": url_of(image), "alt": image.alt} for image in product.images]
    for variant in product.variants:
        optional = {"title": variant.title, "attributes": variant.attributes}
        body["variants"].append({"sku": variant.sku, **{name: value for name, value in optional.items() if value}})
    yield Request(path_of("products", product.id), body)
    for variant in product.variants:
        price = {"amount": variant.price.amount, "currency": variant.price.currency}
        yield Request(path_of("prices", variant.sku), {"price": price})
        for warehouse, quantity in variant.stock.items():
            yield Request(path_of("inventory", variant.sku, warehouse), {"quantity": quantity}, create_only=True)


def url_of(image: Image) -> str:
    """The address of an image: its own, or the content-addressed one of its drawing."""
    return image.url or "/" + drawing.key_of(drawing.svg(image.drawing))
