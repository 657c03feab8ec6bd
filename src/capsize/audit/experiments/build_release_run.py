"""V: a release stays as it was built. Running it changes none of its files, and it follows no edit of them."""

from __future__ import annotations

import contextlib

import anyio.to_thread
import psutil

from capsize.audit import tree
from capsize.audit.deploy import Deploy
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Subject
from capsize.audit.visitor import HOME
from capsize.waiting import came_true

FACTOR = BY_NUMERAL["V"]
DID = "compared the release's files with what they were before it ran, then saved one of them again unchanged"
FOLLOWS_WITHIN = 3.0  # seconds; reloaders look once a second
SOURCES = (".py", ".js", ".mjs", ".ts", ".rb", ".php")


async def judge(subject: Subject) -> Judgement:
    """Judge by the files of a running release, and by whether it starts anew when one is saved."""
    web = subject.web
    for question in (subject.given.write, subject.given.read, HOME):
        await web.ask(question or HOME)
    written = [name.removeprefix("release/") for name in web.changed() if name.startswith("release/")]
    reloads = await _follows_an_edit(web)
    control = f"it answers {web.first} to GET / from a copy of the folder"
    if reloads:
        because = f"it starts anew when {reloads} is saved: what runs is not what was released"
        return Judgement(FACTOR, "fails", because, DID, control, tuple(_said(written)))
    if written:
        because = f"a run writes into its release: {', '.join(written[:4])}"
        return Judgement(FACTOR, "fails", because, DID, control, tuple(written))
    because = "a run changes no file of its release, and saving one again changes nothing that runs"
    return Judgement(FACTOR, "holds", because, DID, control)


async def _follows_an_edit(web: Deploy) -> str:
    """Save a source file as it is, and return its name if the process starts anew. Raise Hindrance without sources."""
    sources = sorted(
        file for file in web.release.rglob("*") if file.suffix in SOURCES and "node_modules" not in file.parts
    )
    if not sources:
        raise Hindrance("there is no source file to save again")
    before = _births(web)
    for file in sources:
        file.write_bytes(file.read_bytes())
    patience = max(FOLLOWS_WITHIN, 2 * web.ready_after)
    moved = await came_true(lambda: anyio.to_thread.run_sync(lambda: _births(web) != before), patience)
    if moved:
        await came_true(lambda: web.ended or _serves(web), patience * 3)
    return sources[0].name if moved and len(sources) == 1 else "a source file" if moved else ""


def _births(web: Deploy) -> set[tuple[int, float, bool]]:
    """Return the processes of a deploy; one that puts itself in its own place listens at new sockets."""
    found = set()
    for process in tree.family(web.pid):
        with contextlib.suppress(psutil.Error):
            found.add((process.pid, process.create_time(), bool(tree.listeners(process.pid))))
    return found


async def _serves(web: Deploy) -> bool:
    return (await web.ask()).came


def _said(written: list[str]) -> list[str]:
    return [f"a run also wrote into its release: {', '.join(written[:4])}"] if written else []
