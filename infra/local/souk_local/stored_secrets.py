"""Secrets in Secrets Manager, where the stack expects them: none is a parameter or an argument."""
import json

from .aws import client


def gateway(stack):
    """Store the gateway's keys, new or changed; the secret's name."""
    return _store(stack, "gateway", "The payment gateway's API key and webhook secret",
                  {"api_key": stack.gateway_key, "webhook_secret": stack.webhook_secret})


def edge(stack):
    """Store what the distribution shows to the APIs; the secret's name."""
    return _store(stack, "edge", "What the distribution shows to the APIs",
                  {"present": stack.edge_secret, "former": stack.edge_secret})


def carriers(stack):
    """Store what the one carrier of stories and tests signs with; the secret's name."""
    return _store(stack, "carriers", "The carriers' signing secrets", {"swift-parcel": [stack.carrier_secret]})


def _store(stack, what, description, value):
    secrets, name, value = client(stack, "secretsmanager"), f"{stack.cloudformation_name}/{what}", json.dumps(value)
    try:
        secrets.create_secret(Name=name, Description=description, SecretString=value)
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=value)
    return name
