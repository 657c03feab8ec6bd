"""SIGTERM: the platform wants this copy to stop. The wires learn of it later than the copy, and send customers."""

LAG = 1.0  # seconds: more than the wires need to learn of it
GLANCE = 0.05  # seconds between two looks at `copy.in_flight`


async def leave(copy):
    """Stop gracefully. The process exits when this returns; a customer who still waits for an answer gets none.

    /ready answers `copy.ready`; `copy.in_flight` counts requests under way; `copy.close()` stops new connections.
    """
    # TODO 8.4: say that you are not ready, serve until the wires know, close, and finish what is under way.
    copy.close()
