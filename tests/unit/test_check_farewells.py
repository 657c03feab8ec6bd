"""Tracebacks of what a check itself ended are no evidence."""

from __future__ import annotations

import asyncio
import traceback

import pytest

from capsize.check.farewells import without_farewells


def written(error: BaseException) -> list[str]:
    """Raise an error and write its traceback, as a process does that ends by it."""
    try:
        raise error
    except BaseException as raised:
        return "".join(traceback.format_exception(raised)).splitlines()


class ConnectionClosedError(Exception):
    """As nats-py says that it was ended."""


FAREWELL, MISTAKE = ConnectionClosedError("nats: connection closed"), ValueError("no such sku")


@pytest.mark.parametrize("error", [FAREWELL, asyncio.CancelledError(), ExceptionGroup("of a task group", [FAREWELL])])
def test_who_was_ended_explains_nothing(error):
    """What a process wrote before and after stays; how it was ended goes, alone or in a group."""
    assert without_farewells(["INFO ready", *written(error), "INFO bye"]) == ["INFO ready", "INFO bye"]


@pytest.mark.parametrize("error", [MISTAKE, ExceptionGroup("of a task group", [MISTAKE])])
def test_a_mistake_stays_whole(error):
    """The traceback of anything else is left as it is."""
    lines = ["INFO ready", *written(error), "INFO bye"]
    assert without_farewells(lines) == lines


def test_a_mistake_beside_a_farewell_stays():
    """In a group of both, the mistake is what is told."""
    kept = without_farewells(written(ExceptionGroup("of a task group", [FAREWELL, MISTAKE])))
    assert any("no such sku" in line for line in kept)
    assert not any("connection closed" in line for line in kept)
