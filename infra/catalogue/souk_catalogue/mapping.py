"""Says which column of a flat file is which field: a mapping file, or the names of the columns themselves."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Iterator

import yaml

from . import flat_products, located_yaml
from .flat_products import Record
from .model import KINDS, Fault, RawRow
from .opened import Unreadable, open_text

# What a column may be, of each kind. A name after the dot of `attributes.` and `stock.` is the file's own.
FIELDS = {
    "category": r"id|name|parent_id",
    "collection": r"id|name|description|featured_product_ids",
    "seller": r"id|name",
    "product": r"id|title|description|category_id|further_category_ids|collection_ids|tags|brand|condition|seller_id|sku|price|price\.amount|variant\.title|image\.(url|alt)"
    r"|variant\.weight|variant\.dimensions\.(length|width|height)|rating\.(average|count)|(variant\.)?attributes\.[^.].*|stock\.[^.].*",
}
# Of these a column holds several, with `lists` between them.
LISTS = {"further_category_ids", "collection_ids", "tags", "featured_product_ids"}
# A number with a unit, or in the one that the mapping says.
MEASURES = re.compile(r"variant\.(weight|dimensions\..*)")
NUMBERS = re.compile(r"price(\.amount)?|rating\..*|stock\..*")
KEYS = {"kind", "columns", "ignore", "constants", "separator", "quote", "decimal", "thousands", "lists", "units", "encoding"}
OTHERS = "others"


@dataclass(frozen=True)
class Mapping:
    """How flat rows become rows of the project's own format. Without columns, each column is called as its field."""

    kind: str = "product"
    columns: dict[str, str] | None = None
    ignore: frozenset[str] = frozenset()
    constants: dict[str, str] = field(default_factory=dict)
    separator: str | None = None
    quote: str = '"'
    decimal: str = "."
    thousands: str | None = None
    lists: str = "|"
    units: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None

    def problem_of(self, header: list[str]) -> str | None:
        """Why a table of these columns cannot be read."""
        twice = [column for column in header if column and header.count(column) > 1]
        if not any(header) or twice:
            return f"the first record must name the columns{f', {twice[0]!r} stands there twice' if twice else ''}"
        if self.columns is None:
            unknown = [column for column in header if not re.fullmatch(FIELDS[self.kind], column)]
            return f"{unknown[0]!r} is no field of a {self.kind}: a mapping file says which column is which" if unknown else None
        if missing := [column for column in self.columns if column not in header]:
            return f"the mapping speaks of a column {missing[0]!r}, which is not there"
        known = self.columns.keys() | self.ignore
        unknown = [] if OTHERS in self.ignore else [column for column in header if column not in known]
        return f"the mapping neither uses nor ignores the column {unknown[0]!r}" if unknown else None

    def rows(self, raw_rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """Flat rows as rows of the kind; one that does not fit has faults. Rows with one id after the other are one product."""
        records = (self._record(raw) for raw in raw_rows)
        if self.kind == "product":
            for _, group in itertools.groupby(records, lambda record: record.fields.get("id") or record.raw.position):
                yield flat_products.join(list(group))
        else:
            yield from (RawRow(self.kind, record.raw.position, record.fields, record.faults) for record in records)

    def _record(self, raw: RawRow) -> Record:
        if not isinstance(raw.value, dict):
            return Record(raw, {}, raw.faults or (Fault("", "the row must be a mapping"),))
        return Record(raw, *self._fields(raw.value))

    def _fields(self, columns: dict[str, Any]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
        fields, faults = {target: self._value(target, value) for target, value in self.constants.items()}, []
        for column, value in columns.items():
            target = self.columns.get(column) if self.columns is not None else column
            if column in self.ignore or (target is None and OTHERS in self.ignore):
                continue
            if target is None or not re.fullmatch(FIELDS[self.kind], target):
                faults.append(Fault(column, "is not a known field" if target else "is a column that the mapping neither uses nor ignores"))
            elif value is not None and value != "":
                is_number = NUMBERS.fullmatch(target) and isinstance(value, str)
                fields[target] = self._number(value.strip()) if is_number else self._value(target, value)
                if fields[target] is None:
                    faults.append(Fault(target, f"{value!r} is no number with {self.decimal!r} before its decimals"))
        return fields, tuple(faults)

    def _value(self, target: str, value: Any) -> Any:
        """The entries of a list, without those that are empty; a measure with its unit; any other value as it stands."""
        if MEASURES.fullmatch(target) and isinstance(value, str):
            number, unit = re.fullmatch(r"([0-9.,' ]*)(.*)", value.strip(), re.DOTALL).groups()
            return f"{self._number(number.strip()) or number} {unit or self.units.get(target, '')}".rstrip()
        if target not in LISTS or not isinstance(value, str):
            return value
        return [entry.strip() for entry in value.split(self.lists) if entry.strip()]

    def _number(self, text: str) -> str | None:
        """The number with a point before its decimals and nothing between its thousands."""
        if self.decimal == "." and self.thousands is None:
            return text
        whole = r"\d+" if self.thousands is None else rf"\d+|\d{{1,3}}({re.escape(self.thousands)}\d{{3}})+"
        if not re.fullmatch(rf"-?({whole})({re.escape(self.decimal)}\d+)?", text, re.ASCII):
            return None
        return text.replace(self.thousands or "\0", "").replace(self.decimal, ".")


PLAIN = Mapping()


def load(path: Path) -> Mapping:
    """Reads a mapping file. Whatever it does not know is refused: a misspelt line would do something else in silence."""
    try:
        with open_text(path) as file:
            values = located_yaml.read(file.read())
    except (yaml.YAMLError, located_yaml.BadNode, UnicodeError) as error:
        raise Unreadable(f"{path} is not valid YAML: {error}") from error
    if not isinstance(values, dict) or not values.keys() <= KEYS:
        unknown = f", not {', '.join(sorted(values.keys() - KEYS))}" if isinstance(values, dict) else ""
        raise Unreadable(f"{path}: a mapping file has {', '.join(sorted(KEYS))}{unknown}")
    kind = values.get("kind", "product")
    if kind not in KINDS.values():
        raise Unreadable(f"{path}: kind is category, collection, seller or product")
    columns, constants, units = (_targets(path, kind, name, values.get(name)) for name in ("columns", "constants", "units"))
    ignore = values.get("ignore") or []
    options = {name: values[name] for name in ("separator", "quote", "decimal", "thousands", "lists", "encoding") if values.get(name)}
    if any(not isinstance(value, str) or (name != "encoding" and len(value) != 1) for name, value in options.items()):
        raise Unreadable(f"{path}: separator, quote, decimal, thousands and lists are one character each")
    if options.get("thousands") == options.get("decimal", "."):
        raise Unreadable(f"{path}: decimal and thousands are the same character")
    return Mapping(kind, columns, frozenset([ignore] if isinstance(ignore, str) else ignore), constants or {}, units=units or {}, **options)


def _targets(path: Path, kind: str, name: str, found: Any) -> dict[str, str] | None:
    if found is None:
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Unreadable(f"{path}: {name} is a mapping of names to texts")
    targets = list(found.values() if name == "columns" else found)
    for target in targets:
        if not re.fullmatch(FIELDS[kind], target):
            raise Unreadable(f"{path}: {target} in {name} is no field of a {kind}: see infra/catalogue/README.md")
        if targets.count(target) > 1:
            raise Unreadable(f"{path}: two columns are {target}")
    return dict(found)
