"""Words of a refusal are compared without what changes from run to run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from refusals import Refusal, renewed

from capsize.check.verdict import Verdict
from capsize.check.wording import without_numbers


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("58 orders, 1.5 x", "N orders, N x"),
        ("http://127.0.0.1:4711 answered 503", "http://N answered N"),
        ("order 0b1f2a3c-0000-4000-8000-0123456789ab is S3's", "order ID is S3's"),
        ("shop-1 and shop-2 and shop-3 did", "shop-N did"),
        ("{'201': 4, '503': 2}", "{'N': N}"),
        ("4 x /items 503, 2 x /stocktake 503", "N x /items N, N x /stocktake N"),
        ("not so in 1 case", "not so in N cases"),
        ("yesterdays, signed", "yesterdays, signed"),
    ],
)
def test_numbers_and_repeats_are_left_out(words, left):
    """Numbers, addresses, ids and how many copies are no part of the words; names are."""
    assert without_numbers(words) == left


def test_refusal_without_got_fits_any():
    """Where what was got is not the same in every run, what was expected is compared alone."""
    assert Refusal("an order", None).fits(Refusal("an order", "two"))
    assert not Refusal("an order", None).fits(Refusal("a charge", "two"))
    assert not Refusal("an order", "one").fits(Refusal("an order", "two"))


def test_new_words_replace_the_old_ones_or_join_them():
    """Words that changed take the place of those written down; those of a refusal that varies are added to them."""
    old, new, any_got = Refusal("an order", "one"), Refusal("an order", "two"), Refusal("an order", None)
    assert renewed([old], new, add=False) == [new]
    assert renewed([old], new, add=True) == [old, new]
    assert renewed([any_got], new, add=False) == [any_got]


def test_a_refusal_by_the_words_of_an_acceptance_line_is_not_for_its_own_reason():
    """What the exercise asks for is quoted in each verdict; it is no proof that the check met the misconception."""
    verdict = Verdict("1.1", "refused", expected="a ship", got="none", line=2, accept="each tonne adds 1")
    answer = SimpleNamespace(says="each tonne", line=1)
    assert Refusal.faults(verdict, answer) == [
        "not for its own reason: each tonne",
        "it breaks acceptance line 1, and was refused for line 2",
    ]
