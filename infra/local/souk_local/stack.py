"""One local stack: its folder, its ports, its secrets and the parameters it is deployed with."""
import json
import os
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path

from .console import Failure

ROOT = Path(__file__).resolve().parents[3]
TARGET = ROOT / "target"
LAMBDA_FOLDER = TARGET / "lambda"
HOME = Path(os.environ.get("SOUK_HOME") or TARGET / "souk").resolve()
REGION = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"

PORTS = {"emulator": 4566, "opensearch": 9200, "gateway": 4580, "host": 4590, "tables": 4591, "edge": 8080}
# Timers short enough for a test to wait for, long enough for a slow machine to pay within them.
TEST_PARAMETERS = {"ReservationSeconds": "20", "PaymentSeconds": "20", "SweepAfterSeconds": "5", "HintSeconds": "20",
                   "ProjectionSeconds": "5", "ShopperCheckouts": "150", "ShopperUnits": "5000",
                   "ShopperPayments": "60",
                   "AdmissionSeconds": "15", "ClaimGraceSeconds": "20", "ClaimDeadlineSeconds": "60"}


def free_port():
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Stack:
    """A stack by name; ``demo`` for people, ``test`` for ``make test``."""

    name: str
    home: Path
    ports: dict
    gateway_key: str
    webhook_secret: str
    edge_secret: str = ""
    parameters: dict = field(default_factory=dict)
    endpoint: str = ""
    carrier_secret: str = ""

    @property
    def cloudformation_name(self):
        """The root stack's name; two stacks may share an emulator that somebody else runs."""
        return "souk" if self.name == "demo" else f"souk-{self.name}"

    @property
    def enforces_roles(self):
        """Whether the emulator refuses what a role does not allow: where the tests run."""
        return self.name == "test"

    @property
    def is_emulated_here(self):
        """False when AWS_ENDPOINT_URL names an emulator that somebody else runs."""
        return not self.endpoint

    @property
    def aws_endpoint(self):
        """Where the AWS API is served."""
        return self.endpoint or self.url("emulator")

    def url(self, service):
        """The base URL of one of the stack's own services."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def path(self, *parts):
        """A path inside the stack's folder, with its parent made."""
        out = self.home.joinpath(*parts)
        out.parent.mkdir(parents=True, exist_ok=True)
        return out

    def save(self):
        """Remember ports and secrets for the next command."""
        _write_private(self.path("stack.json"), {
            "ports": self.ports, "gateway_key": self.gateway_key, "webhook_secret": self.webhook_secret,
            "edge_secret": self.edge_secret, "carrier_secret": self.carrier_secret,
            "parameters": self.parameters, "endpoint": self.endpoint})


def _write_private(path, data):
    path.touch(mode=0o600)
    path.write_text(json.dumps(data, indent=2))


def port_variable(service):
    """The environment variable that moves a service of the demo stack to another port."""
    return f"SOUK_{service.upper()}_PORT"


def _chosen_port(service, stored):
    text = os.environ.get(port_variable(service))
    if text is None:
        return stored.get(service, PORTS[service])
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(f"{port_variable(service)}={text} is not a port: give a number from 1 to 65535")
    return int(text)


def existing(name):
    """The stack as it was last saved, or None."""
    stored = _stored(HOME / name)
    return Stack(name, HOME / name, **stored) if stored else None


def _stored(home):
    try:
        return json.loads((home / "stack.json").read_text())
    except (FileNotFoundError, ValueError):
        return None


def demo():
    """The stack a person uses: well-known ports, kept between commands."""
    home = HOME / "demo"
    stored = _stored(home) or {}
    ports = {service: _chosen_port(service, stored.get("ports", {})) for service in PORTS}
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/")
    return Stack("demo", home, ports,
                 stored.get("gateway_key") or f"sk_test_{secrets.token_hex(12)}",
                 stored.get("webhook_secret") or f"whsec_{secrets.token_hex(16)}",
                 stored.get("edge_secret") or secrets.token_hex(24), {}, endpoint,
                 stored.get("carrier_secret") or secrets.token_hex(16))


def fresh_test():
    """A stack of its own for one test run: free ports, short timers."""
    return Stack("test", HOME / "test", {service: free_port() for service in PORTS},
                 f"sk_test_{secrets.token_hex(12)}", f"whsec_{secrets.token_hex(16)}", secrets.token_hex(24),
                 dict(TEST_PARAMETERS),                  os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/"),
                 secrets.token_hex(16))
