"""Makes a product of flat records: one, or several after one another that have its id, each with a variant of it."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

from .currency import CURRENCY
from .model import Fault, RawRow

# Of these each record of a product has its own.
VARIANT = ("sku", "price", "price.amount", "variant.", "stock.", "image.")


class Record(NamedTuple):
    """A flat row by fields of the project's own format, and what is wrong with it."""

    raw: RawRow
    fields: dict[str, Any]
    faults: tuple[Fault, ...]


def join(records: list[Record]) -> RawRow:
    """The product of some records. One bad record costs the product, which would lack a variant otherwise."""
    first, *others = records
    faults = [*first.faults, *(fault for record in others for fault in _faults_of(first, record))]
    if faults:
        return RawRow("product", first.raw.position, {"id": first.fields.get("id")}, tuple(faults))
    names = ("id", "title", "category_id", "further_category_ids", "collection_ids", "tags", "brand", "condition", "seller_id")
    product = {name: first.fields[name] for name in names if name in first.fields}
    product |= {"description": first.fields.get("description", ""), "variants": [_variant(record.fields) for record in records]}
    product |= {name: found for name in ("rating", "attributes") if (found := _below(first.fields, name))}
    images = {fields["image.url"]: fields.get("image.alt", first.fields.get("title")) for _, fields, _ in records if "image.url" in fields}
    if images:
        product["images"] = [{"url": url, "alt": alt} for url, alt in images.items()]
    return RawRow("product", first.raw.position, product)


def _faults_of(first: Record, other: Record) -> Iterator[Fault]:
    """What is wrong with a later record. What it leaves empty of the product, it leaves to the first one."""
    line = f"(line {other.raw.position.line})"
    yield from (Fault(fault.field, f"{fault.reason} {line}") for fault in other.faults)
    for name, value in other.fields.items():
        if not name.startswith(VARIANT) and value != first.fields.get(name):
            yield Fault(name, f"is not what the product's first record says {line}")


def _variant(fields: dict[str, Any]) -> dict[str, Any]:
    """Its SKU is the product's id unless there is one."""
    variant: dict[str, Any] = {"sku": fields.get("sku", fields.get("id")), "price": fields.get("price")}
    if "price.amount" in fields:
        variant["price"] = {"amount": fields["price.amount"], "currency": CURRENCY}
    variant |= {name: fields[f"variant.{name}"] for name in ("title", "weight") if f"variant.{name}" in fields}
    parts = {"attributes": _below(fields, "variant.attributes"), "dimensions": _below(fields, "variant.dimensions"), "stock": _below(fields, "stock")}
    return variant | {name: found for name, found in parts.items() if found}


def _below(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {target.removeprefix(f"{name}."): value for target, value in fields.items() if target.startswith(f"{name}.")}
