"""YAML whose values keep their exact numbers and whose rows keep their line numbers."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

# The pure-Python loader needs some ten times as long for a file of a megabyte.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


PLAIN_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9_]{0,18})")


class BadNode(ValueError):
    """A value that YAML allows and a catalogue does not."""


def compose(text: str) -> yaml.Node | None:
    """The document's node tree; None for an empty document. Raises yaml.YAMLError."""
    return yaml.compose(text, Loader=LOADER)


def line_of(node: yaml.Node) -> int:
    """The first line of a node, counted from 1."""
    return node.start_mark.line + 1


def plain(node: yaml.Node, above: tuple[int, ...] = ()) -> Any:
    """A node as dict, list, str, int, bool, None or Decimal: never a float, since prices are exact."""
    if id(node) in above:
        raise BadNode("an alias contains itself")
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    above += (id(node),)
    if len(above) > 20:
        raise BadNode("values are nested too deeply")
    if isinstance(node, yaml.SequenceNode):
        return [plain(item, above) for item in node.value]
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise BadNode("a field's name must be a text")
        key = key_node.value
        if key in result:
            raise BadNode(f"{key} is given twice")
        result[key] = plain(value_node, above)
    return result


def _scalar(node: yaml.ScalarNode) -> Any:
    kind = node.tag.rpartition(":")[2]
    text = node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("yes", "true", "on")
    if kind == "int":
        # YAML 1.1 reads 010 as eight and 1:30 as ninety: nobody who writes a stock or a price means that.
        return int(text.replace("_", "")) if PLAIN_NUMBER.fullmatch(text) else text
    if kind == "float":
        try:
            return Decimal(text.replace("_", "").replace(".inf", "Infinity").replace(".nan", "NaN"))
        except InvalidOperation:
            return text
    return text
