"""Partitions: where the step of an order is published, and which bookmarks the tracking workers pull from."""

from uuid import UUID

from nats.js.api import ConsumerConfig

LANES = ("even", "odd")


def subject(step):
    """Return where to publish a step, {"order": …, "number": 2, "what": "packed"}: a subject below `progress`."""
    return f"progress.{LANES[UUID(step['order']).int % 2]}.{step['order']}.{step['number']}"


def consumers():
    """Describe the bookmarks. All workers pull from all of them: the first to ask gets a bookmark's next step."""
    return [
        ConsumerConfig(durable_name=f"tracking-{lane}", filter_subject=f"progress.{lane}.>", max_ack_pending=1)
        for lane in LANES
    ]
