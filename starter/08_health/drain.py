"""SIGTERM: the platform wants this copy gone. The wires hear of it later than the copy, and go on sending customers."""

LAG = 1.0  # seconds, more than the wires need to hear of it
GLANCE = 0.05  # seconds between two looks at who is still inside


async def leave(copy):
    """Take leave. The process exits when this returns, and whoever still waits for an answer then gets none.

    /ready answers `copy.ready`; `copy.in_flight` counts requests under way; `copy.close()` takes no new connection.
    """
    # TODO 8.4: say that you are not ready, serve until the wires have heard of it, close, and finish what is under way.
    copy.close()
