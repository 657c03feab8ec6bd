"""Partitions: where the step of an order is published, and which bookmarks the tracking workers pull from."""

from zlib import crc32

from nats.js.api import ConsumerConfig

PARTITIONS = 8  # more than workers: some are busier than others


def subject(step):
    """Return where to publish a step, {"order": …, "number": 2, "what": "packed"}: a subject below `progress`."""
    # the same number in every process; hash() of a text is a different one in each
    return f"progress.{crc32(step['order'].encode()) % PARTITIONS}"


def consumers():
    """Describe the bookmarks. All workers pull from all of them: the first to ask gets a bookmark's next step."""
    # one step of a partition in flight: when it is acknowledged, any worker may get the next
    return [
        ConsumerConfig(durable_name=f"tracking-{number}", filter_subject=f"progress.{number}", max_ack_pending=1)
        for number in range(PARTITIONS)
    ]
