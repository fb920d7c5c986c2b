"""Writes good rows in the project's own JSON-lines format, which the importer reads back to the same rows."""

from __future__ import annotations

from typing import Any

from .model import Image, Product, Row


def line(row: Row) -> dict[str, Any]:
    """The object of one line."""
    value = row.value
    if row.kind == "product":
        return {"product": _product(value)}
    return {row.kind: {name: field for name, field in vars(value).items() if field not in (None, ())}}


def _product(product: Product) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "category_id": product.category_id,
        "seller_id": product.seller_id,
        "further_category_ids": list(product.further_category_ids),
        "collection_ids": list(product.collection_ids),
        "tags": list(product.tags),
        "brand": product.brand,
        "condition": product.condition,
        "rating": vars(product.rating) if product.rating else None,
        "attributes": product.attributes,
        "images": [_image(image) for image in product.images],
        "variants": [
            {
                "sku": variant.sku,
                **{name: found for name in ("title", "attributes", "weight", "dimensions") if (found := getattr(variant, name))},
                "price": vars(variant.price),
                "stock": variant.stock,
            }
            for variant in product.variants
        ],
    }
    return {name: field for name, field in content.items() if field not in (None, {}, [])}


def _image(image: Image) -> dict[str, Any]:
    if image.drawing:
        return {"draw": vars(image.drawing), "alt": image.alt}
    return {"url": image.url, "alt": image.alt}
