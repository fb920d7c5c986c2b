"""What a function wrote to its log group."""
from .aws import client, pages
from .functions import named


def show(stack, name):
    """Print a function's lines, oldest first; ``name`` is its binary's, such as ``place-order``."""
    function = client(stack, "lambda").get_function_configuration(FunctionName=named(stack, name))
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
