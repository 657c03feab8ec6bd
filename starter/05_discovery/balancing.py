"""Balancing: which copy of a service gets a call, and what becomes of the call if that copy does not answer."""

import itertools
import time

from shop.answers import Unanswered
from shop.copies import NoAnswer, NotReached, ask

_turns = itertools.count()


async def carry(copies, call):
    """Make a call at one of the copies, and return its answer. Raises Unanswered if no copy answers.

    Each copy has a name, an address and ``until``, when its lease ends by time.monotonic(). The list is what the
    registry said last. ``ask`` raises NotReached if nothing listens at the address, and NoAnswer if the call was lost.
    """
    # TODO 5.2: copies with a lease share the calls, and no customer notices a dead copy, or a registry that is away.
    return await ask(copies[0], call)
