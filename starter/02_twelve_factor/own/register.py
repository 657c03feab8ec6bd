"""A register that all copies of the office can share: it is in the server that REDIS_URL names."""

import os

import redis

_server = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


def reserve(berth, ship):
    """Reserve a berth for a ship, in one step. Return False if it has one already."""
    return bool(_server.hsetnx("berths", berth, ship))


def berths():
    """Return which ship lies at which berth."""
    return _server.hgetall("berths")
