"""The stack's programs of our own: the payment gateway, the functions' host and the edge."""
import json
import os

from . import processes
from .console import Failure, Step
from .distribution import edge_configuration


def start_gateway(stack, program, empty):
    """Start the gateway unless it runs as wanted; its payments outlive a restart, unless it must begin ``empty``."""
    if empty:
        processes.stop(stack, "gateway")
        (stack.home / "gateway.json").unlink(missing_ok=True)
    command = [program, "--port", stack.ports["gateway"], "--api-key", stack.gateway_key,
               "--webhook-secret", stack.webhook_secret, "--webhook-url", stack.url("edge") + "/webhooks/payments",
               "--state", stack.home / "gateway.json"]
    _run(stack, "gateway", command, "/__fake/health")


def start_host(stack, program):
    """Start the host of the functions unless it runs as wanted; the emulator tells it of each function when that is called."""
    _run(stack, "host", [program, "--port", stack.ports["host"]], "/health")


def start_tables(stack, program, empty):
    """Start the tables, which live and die with the emulator that knows of them; a new program waits for that."""
    if empty:
        processes.stop(stack, "tables")
    elif processes.is_alive(stack, "tables"):
        return
    else:
        raise Failure("the tables have ended and their items are gone: run `make down`, then this command again")
    _run(stack, "tables", [program, "--port", stack.ports["tables"]], "/health")


def start_edge(stack, program, distribution_id):
    """Start the edge with what the deployed distribution says; a changed configuration restarts it."""
    file = stack.path("edge.json")
    text = json.dumps(edge_configuration(stack, distribution_id), indent=2)
    changed = not file.is_file() or file.read_text() != text
    file.touch(mode=0o600)
    file.write_text(text)
    _run(stack, "edge", [program, "--port", stack.ports["edge"], "--config", file], "/__edge/health", restart=changed)


def _run(stack, name, command, health, restart=False):
    command = [str(part) for part in command]
    stamp = str(os.stat(command[0]).st_mtime_ns)
    built = stack.path("run", f"{name}.built")
    same = processes.command_of(stack, name) == command and built.is_file() and built.read_text() == stamp
    if processes.is_alive(stack, name) and same and not restart:
        return
    processes.stop(stack, name)
    with Step(f"{name} on port {stack.ports[name]}"):
        env = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        processes.start(stack, name, command, env | {"SOUK_STACK_HOME": str(stack.home)}, cwd=stack.home)
        processes.wait_ready(stack, name, stack.url(name) + health, 20)
        built.write_text(stamp)
