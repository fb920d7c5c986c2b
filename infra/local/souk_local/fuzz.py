"""The running shop against its own description: requests that schemathesis makes of it, signed in as one and another."""
import os
import subprocess

from . import environment, outputs, users
from .console import Failure, say
from .stack import ROOT

CONFIG = ROOT / "tests" / "contract" / "schemathesis.toml"
ROLES = ("operator", "shopper", "warehouse")


def at_length(stack):
    """Other requests in each run, for SECONDS (120) as each role."""
    for role in ROLES:
        _run(stack, role, int(os.environ.get("SECONDS_EACH", "120")), "examples,coverage,fuzzing,stateful")


def shortly(stack):
    """The same requests in each run, as an operator: what each field takes at its bounds, and one beyond."""
    _run(stack, "operator", 60, "examples,coverage", "--generation-deterministic")


def _run(stack, role, seconds, phases, *more):
    found = outputs.read(stack)
    folder = stack.home / "fuzz"
    folder.mkdir(exist_ok=True)
    shop = found["api_url"].rstrip("/")
    token = users.sign_in(stack, found["user_pool_client_id"], role)
    say(f"   as {role}, {seconds} s at most")
    command = [str(environment.VENV / "bin" / "schemathesis"), "--config-file", str(CONFIG), "run",
               f"{shop}/openapi.json", "--url", shop, "--phases", phases, "--max-time", str(seconds), "--no-color", *more]
    done = subprocess.run(command, cwd=folder, env=os.environ | {"SOUK_TOKEN": token}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        say(done.stdout)
        raise Failure(f"as {role}, answers differ from the description: see above")
    say(done.stdout[done.stdout.index("SUMMARY"):] if "SUMMARY" in done.stdout else done.stdout)
