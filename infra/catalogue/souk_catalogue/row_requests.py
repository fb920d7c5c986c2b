"""What each good row becomes at the operator's API."""

from __future__ import annotations

from typing import Any

from . import drawing
from .model import Category, Collection, Image, Product, Row, Seller
from .operator_api import path_of


COLLECTIONS = {"category": "categories", "collection": "collections", "seller": "sellers", "product": "products"}

# The rows that one product puts, by the API's collection.
Puts = dict[str, list[dict[str, Any]]]


def path_in(row: Row) -> str:
    """Where the API keeps what a row names."""
    return path_of(COLLECTIONS[row.kind], row.value.id)


def resource_of(row: Row) -> tuple[str, dict[str, Any]]:
    """The path and the body of a category, collection or seller."""
    return path_in(row), body_of(row.value)


def body_of(value: Category | Collection | Seller) -> dict[str, Any]:
    """What a category, collection or seller puts."""
    return {name: list(found) if isinstance(found, tuple) else found for name, found in vars(value).items() if found and name != "id"}


def puts_of(product: Product) -> Puts:
    """What a product puts: itself, then its prices, then its stock, which is only ever created: it may have been sold since."""
    prices = [{"sku": variant.sku, "price": {"amount": variant.price.amount, "currency": variant.price.currency}} for variant in product.variants]
    stock = [
        {"sku": variant.sku, "warehouse_id": warehouse, "quantity": quantity}
        for variant in product.variants
        for warehouse, quantity in variant.stock.items()
    ]
    return {"products": [{"product_id": product.id, "product": details_of(product)}], "prices": prices, "inventory": stock}


def content_of(row: Row) -> Any:
    """All that a row says, for telling whether it has changed."""
    return puts_of(row.value) if row.kind == "product" else resource_of(row)


def details_of(product: Product) -> dict[str, Any]:
    """What a product puts of itself; prices and stock are resources of their own."""
    body: dict[str, Any] = {
        "title": product.title,
        "description": product.description,
        "category_id": product.category_id,
        "seller_id": product.seller_id,
        "variants": [],
    }
    for name in ("brand", "condition"):
        if text := getattr(product, name):
            body[name] = text
    if product.rating:
        body["rating"] = {"average": product.rating.average, "count": product.rating.count}
    if product.attributes:
        body["attributes"] = product.attributes
    for name in ("further_category_ids", "collection_ids", "tags"):
        if entries := getattr(product, name):
            body[name] = list(entries)
    if product.images:
        body["images"] = [{"url": url_of(image), "alt": image.alt} for image in product.images]
    for variant in product.variants:
        optional = {name: getattr(variant, name) for name in ("title", "attributes", "weight", "dimensions")}
        body["variants"].append({"sku": variant.sku, **{name: value for name, value in optional.items() if value}})
    return body


def url_of(image: Image) -> str:
    """The address of an image: its own, or the content-addressed one of its drawing."""
    return image.url or "/" + drawing.key_of(drawing.svg(image.drawing))
