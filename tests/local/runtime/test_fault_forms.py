"""The forms of a fault as a caller meets them, on a real wire."""

from __future__ import annotations

import httpx
import pytest

from capsize.check.kit import deaths, forms
from capsize.session.running import RunningStack

WITHIN = 1.5  # seconds that the caller waits


async def asked(url: str) -> str:
    """Ask once, over a connection of one's own; return the status, or the kind of silence."""
    async with httpx.AsyncClient(timeout=WITHIN, trust_env=False) as client:
        try:
            return str((await client.get(url)).status_code)
        except httpx.HTTPError as error:
            return type(error).__name__


@pytest.mark.anyio
async def test_a_caller_meets_each_form_of_a_fault_and_then_none(up: RunningStack):
    """In one stack, one form after the other: each is what its name says, and is over with its block."""
    met, between = {}, []
    for form in forms(up.edge("outside", "front")):
        async with form:
            met[form.name] = await asked(up.url())
        between.append(await asked(up.url()))
    assert met.pop("refuses connections") in ("ConnectError", "ReadError", "RemoteProtocolError")
    assert met == {
        "does not answer": "ReadTimeout",
        "does what it is asked, and the answer is lost": "504",
        "answers 503": "503",
        "answers 504": "504",
    }
    assert between == ["200"] * 5


@pytest.mark.anyio
async def test_a_process_dies_at_the_named_moment_and_is_back(up: RunningStack):
    """The death waits for its moment; after the block the process is another one, and ready."""
    back, moments = up.instance("back-1"), []
    before = back.pid

    async def reached() -> None:
        moments.append(back.pid)

    (form,) = deaths(back, after_the_charge=reached)
    async with form:
        pass
    assert (form.name, moments) == ("dies after the charge", [before])
    assert (back.ready, back.pid != before) == (True, True)


def test_a_wire_of_tcp_is_refused_or_its_end_paused():
    """TCP has no status and nothing to delay within a connection: who does not answer there is paused."""

    class Edge:
        protocol, cut, delay = "tcp", None, None

    class Database:
        pause = None

    names = [[form.name for form in listed] for listed in (forms(Edge()), forms(Edge(), Database()))]
    assert names == [["refuses connections"], ["refuses connections", "does not answer"]]
