"""What a function wrote to its log group."""
from .aws import client, pages
from .console import Failure
from .deployment import all_resources


def show(stack, name):
    """Print a function's lines, oldest first; ``name`` is its binary's, such as ``place-order``."""
    functions = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in all_resources(stack)
                 if resource["ResourceType"] == "AWS::Lambda::Function"}
    logical_id = "".join(part.capitalize() for part in name.split("-")) + "Function"
    if logical_id not in functions:
        raise Failure(f"no function is called {name!r}; there are: {', '.join(sorted(map(_binary, functions)))}")
    function = client(stack, "lambda").get_function_configuration(FunctionName=functions[logical_id])
    group = function.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function['FunctionName']}"
    for page in pages(stack, "logs", "describe_log_streams", logGroupName=group):
        for stream in page["logStreams"]:
            # In a group that functions share, the stream's name tells whose it is.
            if group.endswith(function["FunctionName"]) or f"{function['FunctionName']}[" in stream["logStreamName"]:
                _print(stack, group, stream["logStreamName"])


def _print(stack, group, stream):
    for page in pages(stack, "logs", "filter_log_events", logGroupName=group, logStreamNames=[stream]):
        for event in page["events"]:
            print(event["message"].rstrip())


def _binary(logical_id):
    """``PlaceOrderFunction`` is built from ``place-order``."""
    stem = logical_id.removesuffix("Function")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in stem).lstrip("-")
