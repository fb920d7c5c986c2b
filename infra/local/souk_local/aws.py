"""Clients of the stack's AWS API."""
import functools

from .stack import REGION


@functools.cache
def _client(endpoint, service):
    # Imported here: the driver starts on the system's Python, before the environment with boto3 exists.
    import boto3
    from botocore.config import Config
    local = {} if endpoint is None else {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **local,
                        config=Config(retries={"max_attempts": 3}, max_pool_connections=16, proxies={}))


def client(stack, service):
    """A boto3 client of one service of this stack."""
    return _client(stack.aws_endpoint, service)


def pages(stack, service, operation, **arguments):
    """Every page of a paginated call."""
    return client(stack, service).get_paginator(operation).paginate(**arguments)
