"""Which of the answers that the description names a run of tests has seen, and which none has."""
import json
from collections import defaultdict

from .console import say
from .stack import ROOT

METHODS = ("get", "post", "put", "delete", "patch")
# What any request can be answered with stands for none: the edges' own tests see each of them somewhere, those of
# tests/tests/souk/flows/frequency.rs too many requests at the route that takes fewest.
ANYWHERE = {"unauthorized", "not-through-the-edge", "target-too-long", "internal", "try-again", "gateway", "too-many-requests"}
# Kinds that no test on a stack can lead to, and why; where they hold is tested below HTTP.
ELSEWHERE = {
    "account-not-eligible": "the pool gives every account an id that takes part: shared/domain/src/flash_sale/ids.rs",
    "too-few-units": "a row that does not add up is made by no endpoint: tests/tests/souk/store/inventory",
    "too-many-refunds": "fifty refunds of one order: shared/domain/src/payment/refund/tests.rs",
    "payment-not-authorized": "an order is confirmed only while its money is held: shared/payments/tests/stripe/refunds.rs",
}
# The same of one route.
ONE_ROUTE = {
    **{("POST /orders", kind): "of checkouts of the order protocol's first edition: tests/simulation/src/stories"
       for kind in ("cart-consumed", "idempotency-key-reused")},
    ("POST /checkouts", "too-scattered"): "an order of the protocol's first edition that leaves from more rows than one transaction takes",
    ("POST /orders/{order_id}/payment", "too-many-payment-methods"):
        "six declines may take longer than a test's time to pay: tests/simulation/src/stories/holds.rs",
    ("PUT /admin/sales/{sale_id}", "not-found"): "a sale is never deleted, so none goes between reading and writing it",
    ("POST /sales/{sale_id}/intents", "not-found"): "who has an admission has it to a sale that there is, and none is deleted",
    ("POST /admin/sales/{sale_id}/close", "illegal-transition"): "while it is being prepared, which its PUT does before it answers",
}


def file(stack):
    """Where tests note what they see."""
    return stack.home / "answers.txt"


def report(stack):
    """Print how many answers were seen, those that no stack can lead to, and those that nothing has led to, by route."""
    described, seen = set(_described()), set(file(stack).read_text().splitlines())
    missing, elsewhere = defaultdict(list), defaultdict(list)
    for route, status, kind in sorted(described):
        if f"{route} {status} {kind}" in seen:
            continue
        if reason := ELSEWHERE.get(kind) or ONE_ROUTE.get((route, kind)):
            elsewhere[reason].append(f"{route} {status}")
        else:
            missing[route].append(status if kind == "-" else kind)
    counts = [sum(len(found) for found in places.values()) for places in (missing, elsewhere)]
    say(f"   {len(described) - sum(counts)} of {len(described)} answers that the description names were seen")
    for reason, answers in elsewhere.items():
        say(f"   {len(answers)} not, for {reason}")
    if missing:
        say(f"   {counts[0]} not:")
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
