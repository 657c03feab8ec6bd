"""The AWS services that an event bus is made of: their clients, and the names (ARNs) of what is on the bus.

boto3 waits for its answers in a thread, and takes a second to import, so the first who asks pays for it.
"""

from __future__ import annotations

import os
import time
from typing import Any

ANSWERS_WITHIN = 60.0  # seconds in which a cloud that was just started is there
BUS_NAME = "shop"
ARCHIVE_NAME = "everything"
_HERE = "eu-central-1:123456789012"
BUS = f"arn:aws:events:{_HERE}:event-bus/{BUS_NAME}"
ARCHIVE = f"arn:aws:events:{_HERE}:archive/{ARCHIVE_NAME}"


def client(service: str, url: str | None = None, secret: str | None = None) -> Any:
    """Make a client of ``events`` or ``sqs``, at $AWS_URL with the secret key in $AWS_SECRET unless they are given."""
    import boto3
    from botocore.config import Config

    keys = {"aws_access_key_id": "shop", "aws_secret_access_key": secret or os.environ["AWS_SECRET"]}
    config = Config(retries={"total_max_attempts": 1}, read_timeout=20)
    where = url or os.environ["AWS_URL"]
    return boto3.client(service, endpoint_url=where, region_name="eu-central-1", config=config, **keys)


def until_it_answers(events: Any) -> None:
    """Wait until EventBridge is there. Raises botocore's error where it is not after a minute."""
    from botocore.exceptions import BotoCoreError, ClientError

    given_up = time.monotonic() + ANSWERS_WITHIN
    while True:
        try:
            events.list_event_buses()
            return
        except (BotoCoreError, ClientError):
            if time.monotonic() > given_up:
                raise
            time.sleep(0.1)


def rule_arn(name: str) -> str:
    """Return the name of a rule of the shop's bus."""
    return f"arn:aws:events:{_HERE}:rule/{BUS_NAME}/{name}"


def queue_arn(name: str) -> str:
    """Return the name of a queue by which a rule's target is told."""
    return f"arn:aws:sqs:{_HERE}:{name}"


def queue(sqs: Any, name: str, **settings: str) -> str:
    """Return the address of a queue, made if it is missing."""
    return str(sqs.create_queue(QueueName=name, Attributes=settings)["QueueUrl"])


def found_queue(sqs: Any, name: str) -> str:
    """Return the address of a queue that is there, with the settings that it has; make it where it is missing."""
    try:
        return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except sqs.exceptions.QueueDoesNotExist:
        return queue(sqs, name)
