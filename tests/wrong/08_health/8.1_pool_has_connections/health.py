"""Liveness: would a restart help? The platform asks, and what gets no for an answer is killed and started again."""


async def is_alive(copy):
    """Answer the platform. This is asked on the event loop, as everything here is: a stuck loop says nothing."""
    return copy.database.get_size() > copy.database.get_idle_size() or copy.database.get_idle_size() > 0
