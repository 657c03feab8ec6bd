"""Charges from a cloud's queue: the learner's own ``worker`` as it is, on messages of SQS."""

from __future__ import annotations

import os

import worker  # type: ignore[import-not-found]

from shop.messaging import sqs as cloud
from shop.messaging import worker_app as duty
from shop.messaging.worker_app import Tools


async def _work(tools: Tools) -> None:
    await worker.work(cloud.messages(os.environ["AWS_URL"]), tools.harbour, tools.pool)


app = duty.worker("The chandlery's charges, from a cloud", _work)
