"""What a program needs to know of a running stack, as one JSON object."""
import json

from . import deployment
from .stack import REGION
from .users import credentials


def write(stack):
    """Gather the outputs from the deployed stack, keep them in ``outputs.json`` and return them."""
    deployed = deployment.outputs(stack)
    out = {
        "stack": stack.name,
        "state_dir": str(stack.home),
        "region": REGION,
        "aws_endpoint_url": stack.aws_endpoint,
        "api_url": stack.url("edge"),
        "discovery_api_url": _invoke_url(stack, deployed.get("DiscoveryApiUrl", "")),
        "transactions_api_url": _invoke_url(stack, deployed.get("TransactionsApiUrl", "")),
        "user_pool_id": deployed.get("UserPoolId"),
        "user_pool_client_id": deployed.get("UserPoolClientId"),
        "distribution_id": deployed.get("DistributionId"),
        "images_bucket": deployed.get("ImagesBucket"),
        "set_aside_bucket": deployed.get("SetAsideBucket"),
        "opensearch_url": stack.url("opensearch"),
        "gateway_url": stack.url("gateway"),
        "gateway_api_key": stack.gateway_key,
        "gateway_webhook_secret": stack.webhook_secret,
        "carrier_secret": stack.carrier_secret,
        "edge_secret": stack.edge_secret,
        "parameters": stack.parameters,
        "users": credentials(),
    }
    file = stack.path("outputs.json")
    file.touch(mode=0o600)
    file.write_text(json.dumps(out, indent=2))
    return out


def read(stack):
    """The outputs as last written, or None."""
    try:
        return json.loads((stack.home / "outputs.json").read_text())
    except (FileNotFoundError, ValueError):
        return None


def _invoke_url(stack, url):
    """The address under which the emulator serves an HTTP API that AWS names by host."""
    api_id = url.partition("://")[2].split(".")[0]
    return f"{stack.aws_endpoint}/_aws/execute-api/{api_id}/$default" if api_id else ""
