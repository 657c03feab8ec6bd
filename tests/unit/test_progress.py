"""The score: passes that are kept, and never written over."""

from __future__ import annotations

import threading

import pytest

from capsize.course.progress import Progress
from capsize.errors import CapsizeError


@pytest.fixture
def score(tmp_path):
    """A score in a file of its own."""
    return Progress(tmp_path / "work/progress.json")


def test_first_pass_stands(score, monkeypatch):
    """The date of a pass is that of the first."""
    times = iter(["2026-11-23T10:11:12", "2026-11-24T10:11:12"])
    monkeypatch.setattr("capsize.course.progress.now", lambda: next(times))
    score.record_pass("1.1")
    score.record_pass("1.1")
    assert score.passed("1.1") == "2026-11-23T10:11:12"


def test_writers_at_the_same_time_lose_nothing(score):
    """A notebook and a terminal that write at the same moment both find their entries."""
    ids = [f"1.{number}" for number in range(1, 9)]
    threads = [threading.Thread(target=Progress(score.file).record_pass, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(score.read()["passed"]) == ids


def test_write_that_breaks_off_leaves_the_old_score(score, monkeypatch):
    """A write is whole or not at all."""
    score.record_pass("1.1")
    with monkeypatch.context() as broken:
        broken.setattr("pathlib.Path.replace", _full)
        with pytest.raises(CapsizeError, match="disk full"):
            score.record_pass("1.2")
    assert list(score.read()["passed"]) == ["1.1"]


def _full(*_):
    raise OSError("disk full")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"predictions": {"a": {"b": 1}}}', '{"passed": []}'])
def test_score_that_cannot_be_read_is_refused_not_replaced(score, text):
    """A damaged score is left as it is, and the message says how to go on."""
    score.file.parent.mkdir()
    score.file.write_text(text)
    with pytest.raises(CapsizeError, match="your progress cannot be read"):
        score.record_pass("1.1")
    assert score.file.read_text() == text
