"""Reads where the stack is and who may load a catalogue: the JSON object that `make outputs` prints."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class BadOutputs(Exception):
    """The outputs are missing or incomplete."""


@dataclass(frozen=True)
class Outputs:
    """What the importer needs to know of a stack. The password stays out of representations."""

    api_url: str
    region: str
    client_id: str
    username: str
    password: str
    images_bucket: str | None
    aws_endpoint_url: str | None

    def __repr__(self) -> str:
        return f"Outputs({self.api_url})"


def read(name: str) -> Outputs:
    """The outputs from a file, or from standard input where the name is `-`."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return parse(json.loads(text))
    except OSError as error:
        raise BadOutputs(f"cannot read {name}: {error.strerror or error}; run `make up`, then `make outputs > {name}`") from error
    except ValueError as error:
        raise BadOutputs(f"{name} is not the JSON object that `make outputs` prints: {error}") from error


def parse(values: Any) -> Outputs:
    """Checks the object field by field, so that a missing one is named here and not by a failing call."""
    if not isinstance(values, dict):
        raise BadOutputs("the outputs are not a JSON object")
    operator = values.get("users", {}).get("operator", {}) if isinstance(values.get("users"), dict) else {}
    found = {**{name: values.get(name) for name in ("api_url", "user_pool_client_id")}}
    found.update({f"users.operator.{name}": operator.get(name) for name in ("username", "password")})
    missing = [name for name, value in found.items() if not isinstance(value, str) or not value]
    if missing:
        raise BadOutputs(f"the outputs lack {', '.join(missing)}")
    return Outputs(
        api_url=found["api_url"].rstrip("/"),
        region=values.get("region") or "us-east-1",
        client_id=found["user_pool_client_id"],
        username=found["users.operator.username"],
        password=found["users.operator.password"],
        images_bucket=values.get("images_bucket"),
        aws_endpoint_url=values.get("aws_endpoint_url"),
    )
