"""How the shop runs: what it says about each request, and how it begins and ends."""

import contextlib
import os
import signal
import time
from pathlib import Path


# TODO 2.3: events are lines of JSON on the standard output, and SIGTERM loses no request that has begun.
def say(**event):
    """Tell those who run the shop what happened."""
    with Path("chandlery.log").open("a", encoding="utf-8") as log:
        print(time.ctime(), *event.values(), file=log)


@contextlib.asynccontextmanager
async def life():
    """Say that the shop started, and that it stopped. Before this it accepts no request, and after it none is left."""
    signal.signal(signal.SIGTERM, leave)
    say(event="started")
    yield


def leave(*_):
    """Say goodbye."""
    say(event="stopped")
    os._exit(0)
