"""Partitions: where the step of an order is published, and which bookmarks the tracking workers pull from."""

from nats.js.api import ConsumerConfig


def subject(step):
    """Return where to publish a step, {"order": …, "number": 2, "what": "packed"}: a subject below `progress`."""
    # TODO 10.4: four workers work at the same time, and the steps of each order are shown in order.
    return f"progress.{step['what']}"


def consumers():
    """Describe the bookmarks. All workers pull from all of them: the first to ask gets a bookmark's next step."""
    return [ConsumerConfig(durable_name="tracking", filter_subject="progress.>")]
