"""Which of the answers that the description names a run of tests has seen, and which none has."""
import json
from collections import defaultdict

from .console import say
from .stack import ROOT

METHODS = ("get", "post", "put", "delete", "patch")
# What any request can be answered with stands for none: the edges' own tests see each of them somewhere.
ANYWHERE = {"unauthorized", "not-through-the-edge", "target-too-long", "internal", "try-again", "gateway"}


def file(stack):
    """Where tests note what they see."""
    return stack.home / "answers.txt"


def report(stack):
    """Print how many answers were seen, and those that were not, by route."""
    described, seen = set(_described()), set(file(stack).read_text().splitlines())
    missing = defaultdict(list)
    for route, status, kind in sorted(described):
        if f"{route} {status} {kind}" not in seen:
            missing[route].append(status if kind == "-" else kind)
    count = sum(len(kinds) for kinds in missing.values())
    say(f"   {len(described) - count} of {len(described)} answers that the description names were seen; not these:")
    for route, kinds in missing.items():
        say(f"   {route}: {', '.join(kinds)}")


def _described():
    """(method and route, status, kind of problem) of each answer; the kind of a success is ``-``."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    for route, operations in document["paths"].items():
        for method in METHODS:
            for status, answer in operations.get(method, {}).get("responses", {}).items():
                for kind in _kinds(status, answer):
                    if kind not in ANYWHERE:
                        yield f"{method.upper()} {route}", status, kind


def _kinds(status, answer):
    # A refusal's component is called by its status and the kinds that have it.
    return answer["$ref"].rsplit("/", 1)[1].split(".")[1:] if "$ref" in answer else ["-"]
