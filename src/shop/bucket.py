"""The bucket for customers' drawings, behind S3's own API: one client that acts, and one that signs for browsers.

boto3 takes a second to import, so whoever asks first pays for it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from typing import Any

NAME = "drawings"
_one_at_a_time = threading.Lock()  # making a client is not safe in two threads


def inside() -> Any:
    """Return the client that calls S3 where this process reaches it. The first call makes the bucket."""
    with _one_at_a_time:
        return _inside()


def outside() -> Any:
    """Return the client that signs for S3's address as a browser knows it: a signature holds for one host only."""
    with _one_at_a_time:
        _inside()
        return _client("S3_PUBLIC_URL")


@functools.cache
def _inside() -> Any:
    client = _client("S3_URL")
    own = (client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists)
    with contextlib.suppress(*own):  # another copy of the shop was first
        region = {"LocationConstraint": os.environ["AWS_DEFAULT_REGION"]}
        client.create_bucket(Bucket=NAME, CreateBucketConfiguration=region)
    return client


@functools.cache
def _client(variable: str) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(signature_version="s3v4", s3={"addressing_style": "path"}, proxies={})
    return boto3.client("s3", endpoint_url=os.environ[variable], config=config)
