"""Partitions: where the step of an order is published, and which bookmarks the tracking workers pull from."""

from uuid import UUID

from nats.js.api import ConsumerConfig

PARTITIONS = 16  # more than workers: some are busier than others


def subject(step):
    """Return where to publish a step, {"order": …, "number": 2, "what": "packed"}: a subject below `progress`."""
    # the same everywhere and always; hash() of a text is another number in each process
    return f"progress.{UUID(step['order']).int % PARTITIONS}"


def consumers():
    """Describe the bookmarks. All workers pull from all of them: who asks first gets a bookmark's next step."""
    # one step of a partition in flight: the next is given out once it is acknowledged, to whichever worker
    return [
        ConsumerConfig(durable_name=f"tracking-{number}", filter_subject=f"progress.{number}", max_ack_pending=1)
        for number in range(PARTITIONS)
    ]
