"""The resolver: where a name leads, asked of the name server and remembered for as long as the name server allows."""

import time

from shop.names import ask

FOR_EVER = float("inf")


class Resolver:
    """Answers for names, and remembers what the name server said."""

    def __init__(self):
        self._kept = {}

    async def resolve(self, name):
        """Return the addresses of a name; none if there is no such name. Raises Unanswered if nobody knows.

        ``ask`` returns an Answer with ``addresses`` and ``ttl``; for no such name, ``soa_ttl`` and ``soa_minimum``.
        """
        # TODO 5.3: answers, also "no such name", are used while the zone allows, and the last one if nobody answers.
        addresses, until = self._kept.get(name, (None, 0.0))
        if time.monotonic() >= until:
            answer = await ask(name)
            addresses = answer.addresses
            self._kept[name] = addresses, FOR_EVER if addresses else 0.0
        return addresses
