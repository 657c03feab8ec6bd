"""How a cell waits for what its stack is to do, and what it tells of its checks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from capsize.check.verdict import Verdict
from capsize.errors import CapsizeError
from capsize.runtime.control.timeline import Timeline
from capsize.ui.notebook import NotebookLab

pytestmark = pytest.mark.anyio


@pytest.fixture
def lab() -> NotebookLab:
    """A lab whose stack has told one thing."""
    timeline = Timeline()
    timeline.tell("shop-1", "ready")
    return NotebookLab(SimpleNamespace(stack=SimpleNamespace(timeline=timeline)))


async def test_cell_goes_on_when_it_is_so(lab):
    """A cell waits until its condition holds."""
    looks = []
    await lab.until(lambda: looks.append(1) or len(looks) == 3, within=20)
    assert len(looks) == 3


async def test_cell_that_waits_in_vain_says_what_happened_instead(lab):
    """A condition that does not come true ends the cell with the stack's last events."""
    with pytest.raises(CapsizeError, match=r"waited 0\.05 s") as told:
        await lab.until(lambda: False, within=0.05)
    assert "shop-1 ready" in told.value.evidence[-1]


async def test_check_of_all_tells_each_verdict_as_it_comes(monkeypatch, capsys):
    """A pass is told in one line before the next check begins; what is no pass is shown whole."""
    given, shown = {"1.1": Verdict("1.1", "passed", title="Float"), "1.2": Verdict("1.2", "unjudged")}, []
    lab = NotebookLab(SimpleNamespace(exercises=[SimpleNamespace(id=one) for one in given], passes={}))

    async def judged(exercise, on):
        shown.extend(capsys.readouterr().out.splitlines())
        return given[exercise.id]

    monkeypatch.setattr(lab, "_judge", judged)
    monkeypatch.setattr("capsize.ui.notebook.shown", shown.append)
    assert await lab.check_all() == [*given.values()]
    assert shown == ["1.1 passed: Float", given["1.2"]]
