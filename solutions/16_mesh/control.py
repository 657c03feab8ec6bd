"""Which sidecar is answered when. What a version holds is given, and is added to the answer."""

from secrets import token_hex

from shop.xds import News

HELD, REFUSED = 10, 1  # seconds that a question waits for news: of one that is up to date, of one that has refused


class Control:
    """The control plane's memory."""

    def __init__(self):
        self.versions = {"routes": "0", "endpoints": "0"}
        self.given = {}  # by question.who: the version that was handed out last
        self.refused = {}  # by question.name ("orders routes"): the version that was not taken; shown at /refused
        self.news = News()

    async def change(self, kind):
        """Something else is wanted of this kind: "routes" or "endpoints"."""
        self.versions[kind] = token_hex(8)  # no version of an earlier process
        self.news.tell()

    async def answer(self, question):
        """Return the version to give to the one that asks, or None: there is nothing new for it."""
        newest = self.versions[question.kind]
        if question.version == newest:
            self.refused.pop(question.name, None)
            await self.news.until(lambda: self.versions[question.kind] != newest, HELD)
        elif self.given.get(question.who) == newest:
            self.refused[question.name] = newest
            await self.news.until(lambda: self.versions[question.kind] != newest, REFUSED)
        newest = self.given[question.who] = self.versions[question.kind]
        return None if newest == question.version else newest
