"""SIGTERM: the platform wants this copy gone. The wires hear of it later than the copy, and go on sending customers."""

LAG = 1.0  # seconds, more than the wires need to hear of it
GLANCE = 0.05


async def leave(copy):
    """Take leave. The process exits when this returns, and whoever still waits for an answer then gets none."""
    # TODO 8.4: say that you are not ready, serve until the wires have heard of it, close, and finish what is under way.
    copy.ready = False
    await asyncio.sleep(LAG)
    copy.close()
    while copy.in_flight:
        await asyncio.sleep(GLANCE)
