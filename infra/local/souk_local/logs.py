"""What a function wrote to its log group."""
from .aws import client, pages
from .console import Failure


def show(stack, name):
    """Print a function's lines, oldest first; ``name`` may be any part of the function's name."""
    functions = [function for page in pages(stack, "lambda", "list_functions") for function in page["Functions"]]
    chosen = [function for function in functions if name in function["FunctionName"]]
    if len(chosen) != 1:
        names = ", ".join(sorted(function["FunctionName"] for function in chosen or functions))
        raise Failure(f"{len(chosen)} functions match {name!r}; choose one of: {names}")
    function = chosen[0]
    group = function.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{function['FunctionName']}")
    events = [(event["timestamp"], event["message"].rstrip())
              for stream in client(stack, "logs").describe_log_streams(logGroupName=group)["logStreams"]
              if _belongs(stream["logStreamName"], function["FunctionName"], group)
              for page in pages(stack, "logs", "filter_log_events", logGroupName=group,
                                logStreamNames=[stream["logStreamName"]])
              for event in page["events"]]
    for _when, message in sorted(events):
        print(message)


def _belongs(stream, function, group):
    """In a group of several functions a stream's name tells whose it is."""
    return group.endswith(function) or f"/{function}[" in stream
