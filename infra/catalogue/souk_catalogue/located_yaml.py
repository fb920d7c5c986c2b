"""YAML that resolves nothing: a scalar is the text that was written, and the field that takes it decides what it is.

YAML 1.1 makes `NO` false, `0017` fifteen, `1e5` a float and `1:30` ninety. Ids, countries and prices mean none of that.
"""

from __future__ import annotations

from typing import Any, Iterator

import yaml

# The pure-Python parser needs some ten times as long.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 20
# What says that there is no value, where it is not in quotes.
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


class BadNode(ValueError):
    """A value that YAML allows and a catalogue does not."""


class Mapping(dict):
    """A mapping that knows its first line, counted from 1."""

    line = 0


def read(text: str, anchors: dict[str, Any] | None = None) -> Any:
    """The text's document as Mapping, list, str and None; None where it is empty.

    `anchors` keeps what has a name, for texts that belong together. Raises yaml.YAMLError and BadNode.
    """
    events = yaml.parse(text, Loader=LOADER)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            value = _value(next(events), events, {} if anchors is None else anchors, 0)
            if not isinstance(next(events), yaml.DocumentEndEvent) or not isinstance(next(events), yaml.StreamEndEvent):
                raise BadNode("a file holds one document")
            return value
    return None


def _value(event: yaml.Event, events: Iterator[yaml.Event], anchors: dict[str, Any], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise BadNode("values are nested too deeply")
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in anchors:
            raise BadNode(f"the alias {event.anchor} names nothing that ends before it")
        return anchors[event.anchor]
    if isinstance(event, yaml.ScalarEvent):
        value: Any = None if event.implicit[0] and not event.style and event.value in NOTHING else event.value
    elif isinstance(event, yaml.SequenceStartEvent):
        value = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            value.append(_value(item, events, anchors, depth + 1))
    else:
        value = _mapping(event, events, anchors, depth)
    if event.anchor:
        anchors[event.anchor] = value
    return value


def _mapping(event: yaml.Event, events: Iterator[yaml.Event], anchors: dict[str, Any], depth: int) -> Mapping:
    result = Mapping()
    result.line = event.start_mark.line + 1
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        if not isinstance(key, yaml.ScalarEvent):
            raise BadNode("a field's name must be a text")
        if key.value in result:
            raise BadNode(f"{key.value} is given twice")
        result[key.value] = _value(next(events), events, anchors, depth + 1)
    return result
