"""The AWS emulator: MiniStack under the launcher, on 127.0.0.1."""
import os

from . import processes
from .console import Step
from .environment import python
from .stack import REGION, ROOT

# The functions are children of the emulator and inherit its environment: it holds what a
# Lambda environment would, and nothing of the person who started the stack.
INHERITED = ("PATH", "LANG", "LC_ALL", "TZ")


def _doors(stack):
    """Under test functions may do what their roles allow, and what they did is kept for the tests (``grants.py``).

    That is judged at the emulator's door, so they speak to the tables through it; a stack for people is
    the faster one, where they speak to them directly.
    """
    if stack.enforces_roles:
        return {"AUTH": "true", "SOUK_ROLE_OPERATIONS": str(stack.home / "role-operations.json")}
    return {"AWS_ENDPOINT_URL_DYNAMODB": stack.url("tables")}


def start(stack):
    """Start the emulator unless it runs; True when it was started, and so is empty."""
    if processes.is_alive(stack, "emulator"):
        return False
    processes.stop(stack, "emulator")
    home = stack.home / "emulator"
    with Step(f"AWS emulator on port {stack.ports['emulator']}"):
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        env = {name: os.environ[name] for name in INHERITED if name in os.environ} | {
            "HOME": str(home), "TMPDIR": str(home / "tmp"), "STATE_DIR": str(home / "state"),
            "S3_DATA_DIR": str(home / "s3"), "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(stack.ports["emulator"]),
            "AWS_ENDPOINT_URL": stack.url("emulator"), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION, "MINISTACK_REGION": REGION,
            "MINISTACK_OPENSEARCH_ENDPOINT": f"127.0.0.1:{stack.ports['opensearch']}",
            "SOUK_FUNCTION_HOST": stack.url("host"), "SOUK_TABLES": stack.url("tables"), **_doors(stack),
            # A trigger that fails ends a sign-in, as on AWS.
            "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
            "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0", "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT / "infra" / "local"), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        processes.start(stack, "emulator", [python(), "-m", "launcher"], env, cwd=home)
        processes.wait_ready(stack, "emulator", stack.url("emulator") + "/_ministack/ready", 60)
    return True
