"""Wrong answers are refused for their own reason; right answers that are not the solution pass."""

from __future__ import annotations

import pytest
from refusals import Refusal, refusals
from the_course import answers, check, each, names


@pytest.mark.parametrize("answer", each(answers("wrong")), ids=names)
def test_wrong_answer_is_refused_for_its_own_reason(answer, tmp_path):
    """A plausible misconception is refused for the line that it breaks, in the words that are written down."""
    verdict = check(answer.exercise, answer.laid_out(tmp_path))[0]
    faults = Refusal.faults(verdict, answer)
    assert not faults, "\n".join([*faults, verdict.text])
    known, refusal = refusals(answer.slug).get(answer.id, []), Refusal.of(verdict)
    assert any(one.fits(refusal) for one in known), "\n".join(
        [f"other words than written down; if that is right: python tests/refusals.py {answer.id}", "now", str(refusal)]
        + [line for one in known for line in ("written down", str(one))]
    )


@pytest.mark.parametrize("answer", each(answers("right")), ids=names)
def test_right_answer_passes(answer, tmp_path):
    """An answer that solves the exercise in another way than ours passes."""
    verdict = check(answer.exercise, answer.laid_out(tmp_path))[0]
    assert verdict.status == "passed", verdict.text
