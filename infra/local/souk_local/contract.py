"""The running shop against its own description: requests that schemathesis makes of it, and a client generated from it."""
import os
import shutil
import subprocess

from . import environment, outputs, users
from .console import Failure, say
from .stack import ROOT

CONFIG = ROOT / "tests" / "contract" / "schemathesis.toml"
BUYS = ROOT / "tests" / "contract" / "buy.py"
ROLES = ("operator", "shopper", "warehouse")


def at_length(stack):
    """Other requests in each run, for SECONDS (120) as each role."""
    for role in ROLES:
        _run(stack, role, int(os.environ.get("SECONDS_EACH", "120")), "examples,coverage,fuzzing,stateful")


def shortly(stack):
    """The same requests in each run, as an operator: what each field takes at its bounds, and one beyond."""
    _run(stack, "operator", 60, "examples,coverage", "--generation-deterministic")


def buy(stack):
    """Generate a client from the description that the shop gives, and buy something with it."""
    found, folder = outputs.read(stack), stack.home / "generated"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shop = found["api_url"].rstrip("/")
    generate = [str(environment.VENV / "bin" / "openapi-python-client"), "generate", "--url", f"{shop}/openapi.json",
                "--output-path", str(folder / "client"), "--meta", "none"]
    _call(generate, folder, {})
    token = users.sign_in(stack, found["user_pool_client_id"], "shopper")
    say(f"   {_call([str(environment.python()), str(BUYS), shop], folder, {'SOUK_TOKEN': token, 'PYTHONPATH': str(folder)})}")


def _call(command, folder, variables):
    done = subprocess.run(command, cwd=folder, env=os.environ | variables, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise Failure(f"{command[0]} failed:\n{done.stdout}")
    return done.stdout.strip()


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
