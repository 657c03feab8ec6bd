"""What a traceback shows: the lines that a learner can edit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shop.core.logging_setup import own_traceback


@pytest.fixture
def learner(tmp_path: Path):
    """Run a learner's source, and give back what it raised."""

    def run(source: str) -> Exception:
        file = tmp_path / "orders.py"
        file.write_text(source)
        try:
            exec(compile(source, file, "exec"), {"json": json})
        except Exception as raised:
            return raised
        raise AssertionError("the source raised nothing")

    return run


def test_traceback_ends_at_the_learners_line(learner):
    """Frames of installed packages are left out, so that the last line is one's own."""
    told = own_traceback(learner("x = 1\njson.loads('{')"))
    assert 'orders.py", line 2' in told
    assert "json/decoder.py" not in told


def test_traceback_of_a_cause_is_trimmed_too(learner):
    """An error raised from another keeps both, each without installed packages."""
    told = own_traceback(learner("try:\n    json.loads('{')\nexcept ValueError as e:\n    raise KeyError('x') from e"))
    assert ("direct cause" in told, "json/decoder.py" in told) == (True, False)


def test_traceback_without_own_lines_stays_whole():
    """An error that no own line is part of keeps its frames."""
    try:
        json.loads("{")
    except ValueError as raised:
        raised.__traceback__ = raised.__traceback__.tb_next
        told = own_traceback(raised)
    assert "json" in told
