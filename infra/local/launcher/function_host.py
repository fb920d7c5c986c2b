"""``provided.*`` functions run in the host beside the emulator (``infra/local/host``), not in this process.

Real AWS keeps an instance for each invocation at a time, lets it wait for work without costing anything,
and ends it when it is idle or has run out of time. Stock ministack plays that inside its one Python
process with three threads an instance, without a bound: a few hundred instances later nothing moves.
The host bounds what runs at once, lets the others stand in line, and refuses as a throttle what would
stand there too long. It is used where SOUK_FUNCTION_HOST names its address.
"""
import json
import os

from .hooks import require, wrap
from .service import Service

URL = os.environ.get("SOUK_FUNCTION_HOST")
_host = Service(URL or "")
_defined = set()     # names of functions, account:region:function:qualifier, that the host was told of


def _define(lam, name, config, code_zip):
    folder = lam._provided_runtime_code_dir(code_zip)
    environment = lam._provided_worker_env(config, folder, 0)
    _defined.add(name)
    _host.send("PUT", f"/functions/{name}", json.dumps({
        "folder": folder, "environment": environment, "timeout_seconds": int(config.get("Timeout", 3))}).encode())


def _forget(is_meant):
    for name in [name for name in _defined if is_meant(name.split(":"))]:
        _defined.discard(name)
        _host.send("DELETE", f"/functions/{name}")


def _parsed(payload):
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode("utf-8", errors="replace")


def apply():
    if not URL:
        return
    import ministack.core.lambda_runtime as runtime
    import ministack.services.lambda_svc as lam

    require(lam, "_provided_runtime_code_dir", "_provided_worker_env", "_xray_trace_id_for_invocation", "_throttle_response")
    require(runtime, "_worker_key")
    require(lam, "_ACCOUNT_CONCURRENCY_CAP")
    # What stands in the host's line is not running: the host says what is too much.
    lam._ACCOUNT_CONCURRENCY_CAP = 1_000_000

    def executing(original):
        def run(func, event, request_id):
            config, code_zip = func.get("config") or func, func.get("code_zip")
            if not code_zip:
                return original(func, event, request_id)
            name = runtime._worker_key(config.get("FunctionName", "unknown"), config, config.get("Version", "$LATEST"))
            if name not in _defined:
                _define(lam, name, config, code_zip)
            order = {"request_id": request_id, "function_arn": config.get("FunctionArn", ""),
                     "trace_id": lam._xray_trace_id_for_invocation(config)}
            body = json.dumps(order).encode() + b"\n" + json.dumps(event).encode()
            status, answer = _host.send("POST", f"/functions/{name}/invocations", body)
            if status == 404:    # the host was started anew
                _define(lam, name, config, code_zip)
                status, answer = _host.send("POST", f"/functions/{name}/invocations", body)
            if status == 429:
                return lam._throttle_response("ConcurrentInvocationLimitExceeded", "Rate Exceeded.")
            line, _, payload = answer.partition(b"\n")
            report = json.loads(line)
            return {"body": _parsed(payload), "log": report["log"], **({"error": True} if report["failed"] else {})}
        return run

    wrap(lam, "_execute_function_provided_warm", executing)

    def invalidating(original):
        def run(func_name, qualifier=None, account=None, region=None):
            original(func_name, qualifier, account, region)
            wanted = (account, region, func_name, qualifier)
            _forget(lambda parts: all(want in (None, part) for want, part in zip(wanted, parts)))
        return run

    wrap(runtime, "invalidate_worker", invalidating)
    if hasattr(lam, "invalidate_worker"):
        lam.invalidate_worker = runtime.invalidate_worker
    wrap(runtime, "reset", lambda original: lambda: (original(), _forget(lambda parts: True)))
