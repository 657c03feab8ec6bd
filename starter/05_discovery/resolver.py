"""The resolver: where a name leads, asked of the name server and remembered for as long as the name server allows."""

from shop.names import ask


class Resolver:
    """Answers for names, and remembers what the name server said."""

    def __init__(self):
        self._kept = {}

    async def resolve(self, name):
        """Return the addresses of a name; none if there is no such name. Raises Unanswered if nobody knows.

        ``ask`` returns an Answer with ``addresses`` and ``ttl``; for no such name, ``soa_ttl`` and ``soa_minimum``.
        """
        # TODO 5.3: answers, also "no such name", are used while the zone allows, and the last one if nobody answers.
        if not self._kept.get(name):
            self._kept[name] = (await ask(name)).addresses
        return self._kept[name]
