"""Partitions: where the step of an order is published, and which bookmarks the tracking workers pull from."""

from nats.js.api import ConsumerConfig

KINDS = ("charged", "packed", "cleared", "shipped", "delivered")


def subject(step):
    """Return where to publish a step, {"order": …, "number": 2, "what": "packed"}: a subject below `progress`."""
    return f"progress.{step['what']}"


def consumers():
    """Describe the bookmarks. All workers pull from all of them, and the first to ask gets a bookmark's next step."""
    return [
        ConsumerConfig(durable_name=f"tracking-{kind}", filter_subject=f"progress.{kind}", max_ack_pending=1)
        for kind in KINDS
    ]
