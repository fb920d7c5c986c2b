"""The gateway's keys in Secrets Manager, where the stack expects them: no key is a parameter or an argument."""
import json

from .aws import client


def ensure(stack):
    """Store the stack's keys, new or changed; the secret's name."""
    secrets, name = client(stack, "secretsmanager"), f"{stack.cloudformation_name}/gateway"
    value = json.dumps({"api_key": stack.gateway_key, "webhook_secret": stack.webhook_secret})
    try:
        secrets.create_secret(Name=name, Description="The payment gateway's API key and webhook secret", SecretString=value)
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=value)
    return name
