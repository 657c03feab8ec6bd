"""Reports made by hand, for tests of what is done with them."""

from __future__ import annotations

from capsize.load.bucket import from_message
from capsize.load.report import LoadReport


def bucket(at=0.0, sent=2, latencies=(1000, 3000), failed=(), reasons=None, offered=None, seconds=0.25, **more):
    """Make a bucket whose requests have one name; latencies are in microseconds."""
    requests = {"GET /": [list(latencies), list(failed), reasons or {}]}
    message = {"at": at, "seconds": seconds, "sent": sent, "in_flight": 1.0, "cpu": 0.1, "requests": requests}
    return from_message({**message, **more}, offered)


def report(*buckets, **settings):
    """Make a report of buckets, of two users for a second in a closed loop unless told otherwise."""
    given = {"users": 2, "seconds": 1.0, "rate": None, "ramp": 0.0, "locustfile": "01_monolith.py"}
    given |= {"host": "http://127.0.0.1:8000", "started": "2030-01-01T00:00:00+00:00", "interrupted": False}
    measured = buckets[-1].elapsed
    return LoadReport(**{**given, "measured": measured, "buckets": tuple(buckets), **settings})
