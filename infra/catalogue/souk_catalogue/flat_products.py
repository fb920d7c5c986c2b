"""Makes a product of flat records: one, or several after one another that have its id, each with a variant of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from .model import RawRow

# Of these each record of a product has its own.
VARIANT = ("sku", "price", "price.amount", "variant.", "stock.", "image.")


class Record(NamedTuple):
    """A flat row by fields of the project's own format, and what is wrong with it."""

    raw: RawRow
    fields: dict[str, Any]
    problem: str | None


def join(records: list[Record]) -> RawRow:
    """The product of some records. One bad record costs the product, which would lack a variant otherwise."""
    first, *others = records
    problem = first.problem
    for record in others:
        problem = problem or _told(record, record.problem or _difference(first, record))
    if problem:
        return RawRow("product", first.raw.position, {"id": first.fields.get("id")}, problem)
    names = ("id", "title", "category_id", "seller_id")
    product = {name: first.fields[name] for name in names if name in first.fields}
    product |= {"description": first.fields.get("description", ""), "variants": [_variant(record.fields) for record in records]}
    product |= {name: found for name in ("rating", "attributes") if (found := _below(first.fields, name))}
    images = {fields["image.url"]: fields.get("image.alt", first.fields.get("title")) for _, fields, _ in records if "image.url" in fields}
    if images:
        product["images"] = [{"url": url, "alt": alt} for url, alt in images.items()]
    return RawRow("product", first.raw.position, product)


def _told(record: Record, problem: str | None) -> str | None:
    return f"line {record.raw.position.line}: {problem}" if problem else None


def _difference(first: Record, other: Record) -> str | None:
    """What a later record says otherwise of the product; what it leaves empty, it leaves to the first one."""
    shared = (name for name in other.fields if not name.startswith(VARIANT))
    different = next((name for name in shared if other.fields[name] != first.fields.get(name)), None)
    return f"{different} is not what the product's first record says" if different else None


def _variant(fields: dict[str, Any]) -> dict[str, Any]:
    """Its SKU is the product's id unless there is one."""
    variant: dict[str, Any] = {"sku": fields.get("sku", fields.get("id")), "price": fields.get("price")}
    if "price.amount" in fields:
        variant["price"] = {"amount": fields["price.amount"], "currency": "USD"}
    if "variant.title" in fields:
        variant["title"] = fields["variant.title"]
    parts = {"attributes": _below(fields, "variant.attributes"), "stock": _below(fields, "stock")}
    return variant | {name: found for name, found in parts.items() if found}


def _below(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {target.removeprefix(f"{name}."): value for target, value in fields.items() if target.startswith(f"{name}.")}
