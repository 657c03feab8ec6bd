"""What the experiments share: the app as it runs, a second copy of it, and a visitor who wrote something down."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from capsize.audit import others, programs
from capsize.audit.bench import Bench, Config, NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.fresh import FreshBuilds
from capsize.audit.given import GivenApp
from capsize.audit.hindrance import Hindrance
from capsize.audit.others import Other
from capsize.audit.programs import Programs
from capsize.audit.settling import Settled, Settling
from capsize.audit.visitor import HOME, Reply, Visitor

WORD = re.compile(r"\w+")


@dataclass
class Story:
    """A visitor wrote at a deploy and read it back. ``marks`` are the words that only what was written explains."""

    visitor: Visitor
    wrote: Reply
    marks: frozenset[str]

    def shows_in(self, answer: Reply) -> bool:
        """Say whether an answer has all of the marks."""
        return answer.good and self.marks <= words(answer)


@dataclass
class Subject:
    """``settled`` and ``hindrance``: the app as it runs, or why it does not."""

    bench: Bench
    settled: Settled | None = None
    hindrance: Hindrance | None = None
    stories: dict[str, Story] = field(default_factory=dict)
    _other: Other | None = None
    _second: Deploy | NotUp | None = None

    def __post_init__(self) -> None:
        self.fresh = FreshBuilds(self.bench)

    @property
    def given(self) -> GivenApp:
        return self.bench.given

    async def begin(self) -> None:
        """Start the app in the first environment in which it starts."""
        async for environment in self._environments():
            self.bench.programs = environment
            try:
                self.settled = await Settling(self.bench).settle()
                break
            except Hindrance as hindrance:
                self.hindrance = self.hindrance or hindrance

    async def _environments(self) -> AsyncIterator[Programs]:
        """Yield in which environments to start the app: the owner's, or a fresh one, and then the kit's own."""
        own = programs.named(self.given.python, self.given.folder)
        if own:
            yield own
            return
        with contextlib.suppress(Hindrance):
            yield (await self.fresh.get()).programs
        yield Programs(programs.KITS_OWN)

    async def beside(self) -> Deploy:
        """Return a second copy that runs beside the app, started when first asked for. Raise NotUp without one."""
        if self._second is None:
            try:
                self._second = await self.another("copy")
            except NotUp as error:
                self._second = error
        if isinstance(self._second, NotUp):
            raise self._second
        return self._second

    @property
    def config(self) -> Config:
        """The app's configuration; that which it was given where it does not run."""
        return self.settled.config if self.settled else Config(dict(self.given.config))

    @property
    def app(self) -> Settled:
        """The app as it runs. Raise Hindrance where it does not."""
        if self.settled is None:
            raise self.hindrance or Hindrance("it was not started")
        return self.settled

    @property
    def web(self) -> Deploy:
        """The deploy that runs. Raise Hindrance where there is none."""
        return self.app.web

    async def story(self, deploy: Deploy) -> Story:
        """Have a visitor write at a deploy and read it back. Raise Hindrance where the pair shows nothing."""
        if deploy.name not in self.stories:
            self.stories[deploy.name] = await self._tell(deploy)
        return self.stories[deploy.name]

    async def _tell(self, deploy: Deploy) -> Story:
        write, read, visitor = self.given.write, self.given.read, Visitor()
        if not (write and read):
            raise Hindrance("--write and --read were not given: a request that writes, and one that reads it")
        before = await deploy.ask(read, visitor)
        wrote = await deploy.ask(write, visitor)
        if not wrote.good:
            raise Hindrance(f"{write} was answered with {wrote}", wrote.text.splitlines()[:3])
        reads = [await deploy.ask(read.filled(wrote.text), visitor) for _ in range(2)]
        marks = frozenset.intersection(*(frozenset(words(answer)) for answer in reads)) - words(before)
        if not marks or not all(answer.good for answer in reads):
            said = f"{read} was answered with {before} before {write}, and with {reads[0]} after it"
            raise Hindrance(f"what was written does not show where it is read: {said}")
        return Story(visitor, wrote, marks)

    async def read(self, deploy: Deploy, story: Story) -> Reply:
        """Have the story's visitor read at a deploy; what that sets of cookies is forgotten."""
        assert self.given.read
        guest = Visitor()
        guest.cookies.update(story.visitor.cookies)
        return await deploy.ask(self.given.read.filled(story.wrote.text), guest)

    async def other(self) -> Other:
        """Deploy the release with another configuration, once; the app may have to be away for that, and so may be
        what was deployed. Raise Hindrance where it does not start.
        """
        if self._other is None:
            question = self.given.read or HOME
            await self.web.ask(question)
            try:
                self._other = await others.deploy(self.bench, self.app, question)
            except NotUp:
                async with self.away():
                    self._other = await others.deploy(self.bench, self.app, question)
                    await self._other.deploy.end()
        return self._other

    @contextlib.asynccontextmanager
    async def instead(self, name: str) -> AsyncIterator[Deploy]:
        """Deploy the release in the app's place, which comes back afterwards. Raise NotUp where it does not start."""
        async with self.away():
            deploy = await self.another(name)
            try:
                yield deploy
            finally:
                await deploy.end()

    @contextlib.asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Stop the app for a while: it may be one that runs only once on a machine."""
        await self.web.end()
        try:
            yield
        finally:
            await self.bench.start(self.web)

    async def another(self, name: str) -> Deploy:
        """Deploy the release once more with the app's own configuration."""
        return await self.bench.deploy(name, self.app.config)


def words(answer: Reply) -> set[str]:
    """Return the words of an answer that came out well."""
    return set(WORD.findall(answer.text)) if answer.good else set()
