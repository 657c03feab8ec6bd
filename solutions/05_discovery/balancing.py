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
    # if no lease is left, it is the registry that is silent: what it said last is better than nothing
    fresh = [copy for copy in copies if copy.until > time.monotonic()] or copies
    first = next(_turns) % len(fresh)
    for copy in fresh[first:] + fresh[:first]:
        try:
            return await ask(copy, call)
        except NoAnswer as reason:
            if not (call.repeatable or isinstance(reason, NotReached)):
                raise  # perhaps it was done: to do it again would do it twice
    raise Unanswered("no copy answers")
