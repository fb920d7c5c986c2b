"""Functions' log streams: one per function and day, named after the function in a shared group.

Real AWS writes one stream per execution environment, and puts the function's name into the
stream's where LoggingConfig sends several functions to one group. Stock ministack makes a
stream per invocation and never names the function, so nobody can tell whose line it is.
Real AWS also tells FilterLogEvents' callers where the next page begins; stock ministack
answers the first 10,000 events and no word of the others.
"""
import hashlib
import json
import threading

from .hooks import require, wrap

KEPT_EVENTS = 20_000    # per stream; a load test must not fill the memory with its log


def _stream_name(config, shared, day):
    function, version = config.get("FunctionName", "unknown"), config.get("Version", "$LATEST")
    instance = hashlib.sha256(f"{function}:{version}".encode()).hexdigest()[:32]
    return f"{day}/{function if shared else ''}[{version}]{instance}"


def _not_before(last, events):
    """The events with times no earlier than ``last``: a late one would have the whole stream sorted anew."""
    return [event | {"timestamp": max(event["timestamp"], last)} for event in events]


def _paged(original):
    """A page's token is the time of its last event, and how many events of that time were shown."""
    def run(data):
        began, shown = map(int, data["nextToken"].split(":")) if data.get("nextToken") else (None, 0)
        status, headers, body = original(data if began is None else data | {"startTime": began})
        answer = json.loads(body)
        events = answer.get("events")
        if status != 200 or not events:
            return status, headers, body
        last = events[-1]["timestamp"]
        is_full = len(events) == min(data.get("limit", 10_000), 10_000) and len(events) > shown
        token = {"nextToken": f"{last}:{sum(event['timestamp'] == last for event in events)}"} if is_full else {}
        return status, headers, json.dumps(answer | {"events": events[shown:]} | token).encode()
    return run


def apply():
    import ministack.services.cloudwatch_logs as logs
    import ministack.services.lambda_svc as lam

    require(logs, "_log_groups", "_append_log_events")
    wrap(logs, "_filter_log_events", _paged)
    one_at_a_time = threading.Lock()

    def emitting(original):
        def run(func, *args, **kwargs):
            config = func.get("config") or func
            group = (config.get("LoggingConfig") or {}).get("LogGroup")
            name = group or f"/aws/lambda/{config.get('FunctionName', 'unknown')}"
            with one_at_a_time:
                before = set((logs._log_groups.get(name) or {}).get("streams", ()))
                original(func, *args, **kwargs)
                streams = (logs._log_groups.get(name) or {}).get("streams", {})
                for new in set(streams) - before:
                    written = streams.pop(new)
                    kept = streams.setdefault(_stream_name(config, group, new.rpartition("/")[0]), written)
                    if kept is not written:
                        logs._append_log_events(kept, _not_before(kept["lastEventTimestamp"], written["events"]))
                        del kept["events"][:-KEPT_EVENTS]
        return run

    wrap(lam, "_emit_lambda_logs", emitting)
