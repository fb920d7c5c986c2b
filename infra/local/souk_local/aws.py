"""Clients of the stack's AWS API."""
import functools

from .stack import REGION


# A job runs for a quarter of an hour at most; asking again meanwhile would start another.
JOB_SECONDS = 900


@functools.cache
def connect(endpoint, service):
    """A boto3 client of a service at this endpoint; without one, of AWS itself."""
    # Imported here: the driver starts on the system's Python, before the environment with boto3 exists.
    import boto3
    from botocore.config import Config
    local = {} if endpoint is None else {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **local,
                        config=Config(retries={"max_attempts": 3}, max_pool_connections=16, proxies={},
                                      read_timeout=JOB_SECONDS + 10 if service == "lambda" else 60))


def client(stack, service):
    """A boto3 client of one service of this stack."""
    return connect(stack.aws_endpoint, service)


def pages(stack, service, operation, **arguments):
    """Every page of a paginated call."""
    return client(stack, service).get_paginator(operation).paginate(**arguments)
