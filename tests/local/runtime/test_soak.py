"""Whoever of a stack is killed, and whenever: nothing of it is left. A few rounds here; see ``soak`` for many."""

from __future__ import annotations

import sys

import pytest
from soak import VICTIMS, soak


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_no_kill_leaves_anything(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]):
    """No process, port, folder, semaphore or segment of shared memory outlives a stack whose parts are killed."""
    tally = soak(request.config.option.rounds, request.config.option.seed)
    with capsys.disabled():
        print(f"\n{tally}")
    assert not tally.left


def test_every_victim_has_its_turn():
    """The parts that are killed are those of which one once left something."""
    assert {"owner", "nursery", "envoy", "database", "copy", "validator"} <= set(VICTIMS)
