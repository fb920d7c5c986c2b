"""Stores drawn pictures in the images bucket under the hash of their bytes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterable, Protocol

from . import drawing
from .model import Drawing
from .outputs import Outputs

CACHE_CONTROL = "public, max-age=31536000, immutable"


class Bucket(Protocol):
    """The two calls that pictures need."""

    def keys(self) -> set[str]:
        """The keys that are there."""

    def put(self, key: str, content: bytes) -> None:
        """Stores a picture."""


class S3Bucket:
    """The images bucket of a stack."""

    def __init__(self, outputs: Outputs, connections: int) -> None:
        # Imported here: checking a file needs no AWS, and loading the SDK takes longer than the check.
        import boto3
        from botocore.config import Config

        local = {}
        if outputs.aws_endpoint_url and not os.environ.get("AWS_ACCESS_KEY_ID"):
            local = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        config = Config(max_pool_connections=connections, s3={"addressing_style": "path"} if outputs.aws_endpoint_url else {})
        self._name = outputs.images_bucket
        self._client: Any = boto3.client("s3", region_name=outputs.region, endpoint_url=outputs.aws_endpoint_url, config=config, **local)

    def keys(self) -> set[str]:
        """The keys below images/."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix="images/")
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def put(self, key: str, content: bytes) -> None:
        """Stores a picture that never changes: its key is its content."""
        self._client.put_object(
            Bucket=self._name, Key=key, Body=content, ContentType=drawing.CONTENT_TYPE, CacheControl=CACHE_CONTROL
        )


def upload(drawings: Iterable[Drawing], bucket: Bucket, workers: int) -> int:
    """Stores what is missing; how many that were."""
    wanted = {drawing.key_of(content): content for content in map(drawing.svg, drawings)}
    if not wanted:
        return 0
    missing = sorted(wanted.keys() - bucket.keys())
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda key: bucket.put(key, wanted[key]), missing))
    return len(missing)
