"""Finding out with what configuration an app starts: what it is given, what it asks for, and what the kit attaches.

An app that asks for a database by a variable gets one. What it does without that variable is seen first, if it starts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from capsize.audit.bench import Bench, Config, NotUp, token
from capsize.audit.deploy import Deploy
from capsize.audit.hindrance import Hindrance
from capsize.audit.resources import Attachment, Resource, by_name, by_value, is_file_database
from capsize.audit.tape import Tape

MOST = 8  # variables that are found out one after the other
SECRET = re.compile(r"SECRET|PASSWORD|PASSWD|TOKEN|SALT|(?:^|_)KEY(?:$|_)")


@dataclass(frozen=True)
class ByDefault:
    """What an app did before the kit attached what it asks for: files that SQLite opened, or why it did not start."""

    databases: tuple[str, ...] = ()
    refuses: str = ""


@dataclass
class Settled:
    """``secrets`` are variables that each deploy gets its own value of; ``refused`` says why a resource did not do."""

    web: Deploy
    config: Config
    secrets: list[str] = field(default_factory=list)
    by_default: ByDefault | None = None
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def attachments(self) -> list[Attachment]:
        return list(self.config.attached)

    def other(self, attached: Mapping[Attachment, Resource], places: Mapping[str, str] | None = None) -> Config:
        """Return the configuration of another deploy: other secrets, backing services, and places of its files."""
        secrets = {name: token() for name in self.secrets}
        return Config({**self.config.values, **secrets, **(places or {})}, attached)


class Settling:
    """Tries one configuration after the other until the app starts and asks for nothing more that the kit has."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.values = dict(bench.given.config)
        self.secrets = [name for name in self.values if SECRET.search(name)]
        self.attached: dict[Attachment, Resource] = {}
        self.by_default: ByDefault | None = None
        self.refused: dict[str, str] = {}

    async def settle(self) -> Settled:
        """Return the deploy that runs. Raise Hindrance where none does."""
        await self._attach(by_value(self.values))
        for _ in range(MOST):
            optional = [one for one in self.attached if self.by_default and not self.by_default.refuses]
            try:
                web = await self.bench.deploy("web", self._config)
            except NotUp as error:
                await self._give_way(error, optional)
                continue
            if not await self._is_asked_for_more(web):
                return Settled(web, self._config, self.secrets, self.by_default, self.refused)
            await web.end()
        raise Hindrance(f"it asks for one variable after the other: {', '.join(self.values)}")

    @property
    def _config(self) -> Config:
        return Config(dict(self.values), dict(self.attached))

    async def _is_asked_for_more(self, web: Deploy) -> bool:
        """Take in what a deploy that runs asked for and did not get."""
        if self.bench.given.read:
            await web.ask(self.bench.given.read)
        seen = web.tape
        secrets = self._wanted_secrets(seen)
        wanted = self._wanted(seen)
        if wanted and not self.by_default:
            self.by_default = ByDefault(seen.databases)
        self._draw(secrets)
        await self._attach(wanted)
        return bool(secrets or wanted)

    async def _give_way(self, error: NotUp, optional: list[Attachment]) -> None:
        """Give what was asked for, or take back what the app cannot use. Raise the error where neither helps."""
        for one in optional:
            del self.attached[one]
            self.refused[one.name] = next(iter(error.evidence[-1:]), error.because)
        if optional:
            return
        seen = error.deploy.tape
        wanted, secrets = self._wanted(seen), self._wanted_secrets(seen)
        if not wanted and not secrets:
            raise _asking(error, [name for name in seen.missing_own if name not in self.values])
        self.by_default = self.by_default or ByDefault(refuses=", ".join(one.name for one in wanted))
        self._draw(secrets)
        await self._attach(wanted)

    def _wanted(self, seen: Tape) -> list[Attachment]:
        """List what names a database or a cache, and has no value or only a file of SQLite."""
        known = {one.name for one in self.attached} | self.refused.keys()
        files = [name for name, value in self.values.items() if is_file_database(value)]
        unset = [name for name in seen.missing if name not in self.values]
        return [one for one in by_name([*files, *unset]) if one.name not in known]

    def _wanted_secrets(self, seen: Tape) -> list[str]:
        return [name for name in seen.missing_own if SECRET.search(name) and name not in self.values]

    def _draw(self, secrets: list[str]) -> None:
        self.secrets += secrets
        self.values |= {name: token() for name in secrets}

    async def _attach(self, wanted: list[Attachment]) -> None:
        """Start a backing service for each; variables of one kind name the same one."""
        known = {one.kind: resource for one, resource in self.attached.items()}
        for one in wanted:
            known[one.kind] = known.get(one.kind) or await self.bench.resource(one.kind)
            self.attached[one] = known[one.kind]


def _asking(error: NotUp, missing: list[str]) -> NotUp:
    if missing:
        error.because += f"; it asks for {missing[0]}, which you can give: --env {missing[0]}=…"
    return error
