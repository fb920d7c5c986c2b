"""The deployed functions by their binaries' names, such as ``place-order``."""
import json

from .aws import client
from .console import Failure
from .deployment import all_resources


def named(stack, name):
    """The deployed name of a function."""
    functions = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in all_resources(stack)
                 if resource["ResourceType"] == "AWS::Lambda::Function"}
    logical_id = "".join(part.capitalize() for part in name.split("-")) + "Function"
    if logical_id not in functions:
        raise Failure(f"no function is called {name!r}; there are: {', '.join(sorted(map(_binary, functions)))}")
    return functions[logical_id]


def invoke(stack, name, payload):
    """Run a job now and return its report."""
    answer = client(stack, "lambda").invoke(FunctionName=named(stack, name), Payload=payload.encode())
    report = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise Failure(f"{name} failed: {report.get('errorMessage', report)}")
    return report


def _binary(logical_id):
    """``PlaceOrderFunction`` is built from ``place-order``."""
    stem = logical_id.removesuffix("Function")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in stem).lstrip("-")
