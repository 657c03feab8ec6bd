"""Partitions: where the step of an order is published, and which bookmarks the tracking workers pull from."""

from nats.js.api import ConsumerConfig


def subject(step):
    """Return where to publish a step, {"order": …, "number": 2, "what": "packed"}: a subject below `progress`."""
    # TODO 10.4: four workers go on at the same time, and no order has its steps shown out of order.
    return f"progress.{step['what']}"


def consumers():
    """Describe the bookmarks. All workers pull from all of them: who asks first gets a bookmark's next step."""
    return [ConsumerConfig(durable_name="tracking", filter_subject="progress.>")]
