"""The resolver: where a name leads, asked of the name server and remembered for as long as the name server allows."""

import time

from shop.answers import Unanswered
from shop.names import ask


class Resolver:
    """Answers for names, and remembers what the name server said."""

    def __init__(self):
        self._kept = {}

    async def resolve(self, name):
        """Return the addresses of a name; none if there is no such name. Raises Unanswered if nobody knows.

        ``ask`` returns an Answer with ``addresses`` and ``ttl``; for no such name, ``soa_ttl`` and ``soa_minimum``.
        """
        addresses, until = self._kept.get(name, (None, 0.0))
        if time.monotonic() >= until:
            try:
                answer = await ask(name)
            except Unanswered:
                if addresses is None:
                    raise
            else:
                addresses = answer.addresses
                seconds = answer.ttl if addresses else min(answer.soa_ttl, answer.soa_minimum)
                self._kept[name] = addresses, time.monotonic() + seconds
        return addresses
