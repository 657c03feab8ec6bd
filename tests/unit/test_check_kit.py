"""The parts that checks are put together from."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsize.check import Judge, Refusal
from capsize.check.kit import browser, during, only, too_busy, until, waits
from capsize.errors import CapsizeError
from capsize.stack.model import Location, Service, Stack

HERE = Location(Path("compose.yaml"), 1)


def service(name: str, **environment: str) -> Service:
    return Service(name, HERE, environment=environment)


SHOP = Stack(
    "shop",
    Path("compose.yaml"),
    {
        "shop": service("shop", PORT="8000", ACK_WAIT="2"),
        "db": service("db"),
        "letters": service("letters", ACK_WAIT="2", TRIES="3"),
        "charges": service("charges", ACK_WAIT="2"),
    },
)


@pytest.fixture
def judge(small):
    """A judge of exercise 1.1 on the starter."""
    lab = small.course.lab(1, "starter")
    return Judge(lab.exercise("1.1"), lab.code())


@pytest.fixture
def neighbours(monkeypatch):
    """What other programs on this machine do, as a wait measures it: nothing, unless a test says so."""
    found = SimpleNamespace(busy="")
    measured = SimpleNamespace(reason=lambda: found.busy)
    monkeypatch.setattr(waits, "Neighbours", lambda: measured)
    return found


def test_a_check_runs_only_the_services_that_it_names():
    """Other services are left out, and each worker runs in as many copies as are asked for."""
    changed = only("shop", "db", workers={"letters": 2})(SHOP)
    assert {name: one.replicas for name, one in changed.services.items()} == {"shop": 1, "db": 1, "letters": 2}


def test_a_setting_goes_to_each_service_that_knows_it():
    """A setting changes the environment where its name is there already, and nowhere else."""
    changed = only("shop", "db", workers={"letters": 1}, ACK_WAIT=1, TRIES=5)(SHOP)
    assert changed.services["shop"].environment == {"PORT": "8000", "ACK_WAIT": "1"}
    assert changed.services["letters"].environment == {"ACK_WAIT": "1", "TRIES": "5"}
    assert changed.services["db"].environment == {}


@pytest.mark.parametrize(
    ("change", "kind", "name"),
    [
        (only("shop", "bd"), "service", "bd"),
        (only("shop", workers={"leters": 2}), "service", "leters"),
        (only("shop", ACK_WIAT=1), "setting", "ACK_WIAT"),
        (only("shop", TRIES=1), "setting", "TRIES"),  # only the letters know it, and they do not run
    ],
)
def test_a_name_that_the_stack_does_not_have_is_refused(change, kind, name):
    """A check with a typo in a service or a setting would judge another stack in silence; it raises instead."""
    with pytest.raises(CapsizeError, match=kind) as error:
        change(SHOP)
    assert error.value.got == name


def test_a_browser_ignores_the_shells_proxies(monkeypatch):
    """What a learner's shell sets for other programs does not come between a check and its stack."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    client = browser(SimpleNamespace(url=lambda service: "http://127.0.0.1:8000"), "shop")
    assert not client.trust_env


@pytest.mark.anyio
async def test_faults_last_as_long_as_their_block():
    """Faults begin in order, and are healed at the block's end whatever ends it, the last first."""
    said: list[str] = []

    @contextlib.contextmanager
    def fault(name: str):
        said.append(f"{name} begins")
        yield
        said.append(f"{name} is healed")

    async with during(lambda: fault("a cut"), lambda: fault("a delay")):
        said.append("the check")
    assert said == ["a cut begins", "a delay begins", "the check", "a delay is healed", "a cut is healed"]


@pytest.mark.anyio
async def test_a_wait_returns_what_it_waited_for():
    """A wait hands on what the condition gave, from a function and from a coroutine function."""
    found: list[str] = []
    asyncio.get_running_loop().call_later(0.05, found.append, "held")

    async def calls() -> list[str]:
        return found

    assert await until(lambda: found, "a call is held", within=20) == ["held"]
    assert await until(calls, "a call is held", within=20) == ["held"]


@pytest.mark.anyio
async def test_a_wait_for_nothing_is_a_refusal_in_words(neighbours):
    """What does not come true in time is told as what was expected, with evidence, and is no error of the kit."""
    with pytest.raises(Refusal) as refused:
        await until(lambda: False, "a call is held", within=0.1, evidence=lambda: ["no call came"])
    assert (refused.value.expected, refused.value.got) == ("a call is held", "not within 0.1 s")
    assert refused.value.evidence == ("no call came",)


@pytest.mark.anyio
async def test_a_wait_on_a_busy_machine_judges_nothing(neighbours):
    """Where other programs kept the machine busy meanwhile, nothing is said of the learner's files."""
    neighbours.busy = "other programs kept 1.8 cores busy"
    with pytest.raises(CapsizeError, match="too busy") as error:
        await until(lambda: False, "a call is held", within=0.1)
    assert error.value.evidence == ("not within 0.1 s: a call is held", "other programs kept 1.8 cores busy")


def test_too_busy_says_what_to_do():
    """A check that cannot judge says what else to do than to change the code."""
    assert too_busy("after 7 s").next == "close what else is running, and check again"


@pytest.mark.anyio
async def test_a_claim_may_take_a_while(judge):
    """A claim that comes true in time holds, and is ticked once."""
    sent: list[int] = []
    asyncio.get_running_loop().call_later(0.05, sent.append, 1)
    await judge.eventually(lambda: sent, "the letter is sent", within=20)
    assert judge.held == [("the letter is sent", 0)]


@pytest.mark.anyio
async def test_a_claim_that_never_comes_true_is_refused(judge):
    """At the deadline the claim is judged as it stands then."""
    with pytest.raises(Refusal, match="got: none was"):
        await judge.eventually(lambda: False, "the letter is sent", within=0.1, bad="none was")


@pytest.mark.anyio
async def test_a_claim_that_cannot_hold_any_more_is_refused_at_once(judge):
    """Nobody waits for a claim once something has shown that it cannot come true."""
    with pytest.raises(Refusal, match="the letter is sent"):
        await asyncio.wait_for(
            judge.eventually(lambda: False, "the letter is sent", within=60, unless=lambda: ["set aside"]), 20
        )
