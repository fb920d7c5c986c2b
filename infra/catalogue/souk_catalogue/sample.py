"""Expands the sample's specification (sample/*.yaml) into rows of the project's own format.

The specification holds what a person chooses: names, prices, texts, colours, sizes. What only has to look
likely (ratings, stock) follows from the hash of the id, so that every expansion is the same.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Iterator

from . import drawing, located_yaml
from .model import Position, RawRow

SAMPLE = drawing.SAMPLE
FAMILY_FIELDS = {"category", "seller", "motif", "attributes", "colours", "colours_each", "tints", "options", "about", "products"}
PRODUCT_FIELDS = {"id", "name", "price", "about", "category", "motif", "seller", "attributes", "colours", "colours_each", "tints", "options", "stock", "rating"}


class BadSpecification(ValueError):
    """A specification file that cannot be expanded; the message names the place."""


def raw_rows() -> Iterator[RawRow]:
    """Categories, sellers and products of the sample."""
    for kind, name in (("category", "categories.yaml"), ("seller", "sellers.yaml")):
        for number, value in enumerate(_entries(SAMPLE / name), 1):
            yield RawRow(kind, Position(name, value.line, number), value)
    sellers = {value["id"]: value["name"] for value in _entries(SAMPLE / "sellers.yaml")}
    warehouses = warehouse_ids()
    for path in sorted((SAMPLE / "products").glob("*.yaml")):
        number = 0
        for family in _entries(path):
            _known(family, FAMILY_FIELDS, path)
            for item in family["products"]:
                _known(item, PRODUCT_FIELDS, path)
                number += 1
                row = _product({**family, **item}, family, sellers, warehouses)
                yield RawRow("product", Position(path.name, item.line, number), row)


def warehouse_ids() -> list[str]:
    """The sample's warehouses; the first one is the default."""
    return [value["id"] for value in _entries(SAMPLE / "warehouses.yaml")]


def default_warehouse() -> str:
    """Where stock goes whose catalogue names no warehouse."""
    return warehouse_ids()[0]


def _entries(path: Path) -> list[located_yaml.Mapping]:
    return located_yaml.read(path.read_text(encoding="utf-8"))


def _known(value: located_yaml.Mapping, fields: set[str], path: Path) -> None:
    unknown = sorted(set(value) - fields)
    if unknown:
        raise BadSpecification(f"{path.name}:{value.line}: unknown field {', '.join(unknown)}")


def _product(spec: dict[str, Any], family: dict[str, Any], sellers: dict[str, str], warehouses: list[str]) -> dict[str, Any]:
    product_id = spec.get("id") or _slug(spec["name"])
    colours = _colours(spec, product_id)
    texts = [spec["about"], family.get("about") if spec["about"] != family.get("about") else None]
    return {
        "id": product_id,
        "title": spec["name"],
        "description": " ".join(text.strip() for text in texts if text),
        "category_id": spec["category"],
        "seller_id": spec["seller"],
        "rating": spec.get("rating") or _rating(product_id),
        "attributes": {"brand": sellers[spec["seller"]], **family.get("attributes", {}), **spec.get("attributes", {})},
        "images": _images(spec, product_id, colours),
        "variants": [_variant(spec, product_id, choice, warehouses) for choice in _choices(spec, colours)],
    }


def _colours(spec: dict[str, Any], product_id: str) -> list[str]:
    """The product's colours: as many of the family's as it asks for, beginning elsewhere for every product."""
    colours = spec.get("colours", [])
    start = _number(product_id, "colours") % len(colours) if colours else 0
    return (colours[start:] + colours[:start])[: int(spec.get("colours_each", len(colours)))]


def _choices(spec: dict[str, Any], colours: list[str]) -> Iterator[dict[str, tuple[Any, Decimal]]]:
    """Every combination of options, each value with what it adds to the price."""
    axes = {"colour": {colour: 0 for colour in colours}} if colours else {}
    for name, values in spec.get("options", {}).items():
        axes[name] = values if isinstance(values, dict) else {value: 0 for value in values}
    for combination in itertools.product(*(values.items() for values in axes.values())):
        yield {name: (value, Decimal(extra)) for name, (value, extra) in zip(axes, combination)}


def _variant(spec: dict[str, Any], product_id: str, choice: dict[str, tuple[Any, Decimal]], warehouses: list[str]) -> dict[str, Any]:
    sku = "-".join([product_id, *(_slug(str(value)) for value, _ in choice.values())]).upper()
    variant: dict[str, Any] = {
        "sku": sku,
        "price": Decimal(spec["price"]) + sum(extra for _, extra in choice.values()),
        "stock": spec.get("stock") or _stock(sku, warehouses),
    }
    if choice:
        variant["title"] = ", ".join(str(value).capitalize() if name == "colour" else str(value) for name, (value, _) in choice.items())
        variant["attributes"] = {name: str(value) for name, (value, _) in choice.items()}
    return variant


def _images(spec: dict[str, Any], product_id: str, colours: list[str]) -> list[dict[str, Any]]:
    backdrop = _number(product_id, "backdrop") % drawing.BACKDROPS
    tints = spec.get("tints") or sorted(drawing.colours())
    shown = colours or [tints[_number(product_id, "tint") % len(tints)]]
    name = spec["name"]
    return [
        {"draw": {"motif": spec["motif"], "colour": colour, "backdrop": backdrop}, "alt": f"{name} in {colour}" if colours else name}
        for colour in shown
    ]


def _rating(product_id: str) -> dict[str, Any]:
    # The larger of two draws: shops show more good ratings than bad ones.
    tenths = max(_number(product_id, "rating") % 17, _number(product_id, "rating again") % 17)
    count = 3 + _number(product_id, "few") % 60
    if _number(product_id, "popular") % 3 == 0:
        count += _number(product_id, "many") % 2400
    return {"average": Decimal(33 + tenths) / 10, "count": count}


def _stock(sku: str, warehouses: list[str]) -> dict[str, int]:
    """One to three warehouses; some SKUs are nearly or wholly sold out."""
    start, places = _number(sku, "place"), 1 + _number(sku, "places") % 3
    if _number(sku, "scarce") % 25 == 0:
        return {warehouses[start % len(warehouses)]: 0}
    if _number(sku, "low") % 10 == 0:
        return {warehouses[start % len(warehouses)]: 1 + _number(sku, "left") % 4}
    chosen = [warehouses[(start + step) % len(warehouses)] for step in range(min(places, len(warehouses)))]
    return {warehouse: 8 + _number(sku, warehouse) % 90 for warehouse in chosen}


def _number(name: str, purpose: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{purpose}:{name}".encode()).digest()[:8], "big")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "")).strip("-")
