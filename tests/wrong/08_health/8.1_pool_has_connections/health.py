"""Liveness: would a restart help? The platform asks, and what gets no for an answer is killed and started again."""


async def is_alive(copy):
    """Answer the platform's question. Asked on the event loop, like everything here: a loop that is stuck says nothing."""
    return copy.database.get_size() > copy.database.get_idle_size() or copy.database.get_idle_size() > 0
