"""How the shop runs: what it says about each request, and how it begins and ends."""

import contextlib
import json


def say(**event):
    """Tell those who run the shop what happened."""
    print(json.dumps(event), flush=True)


@contextlib.asynccontextmanager
async def life():
    """Say that the shop started, and that it stopped. Before this it accepts no request, and after it none is left."""
    say(event="started")
    yield
    say(event="stopped")
