"""Which sidecar is answered when. What a version holds is given, and is added to the answer."""

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
        self.versions[kind] = str(int(self.versions[kind]) + 1)
        self.news.tell()

    async def answer(self, question):
        """Return the version to give to the one that asks, or None: there is nothing new for it."""
        # TODO 16.4: sidecars hear at once what is new, and hardly ask; who refuses is named; a restart harms nobody.
        newest = self.versions[question.kind]
        return None if newest == question.version else newest
