"""The audit's rules, on books that are written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.audit import Books, compare

CLEAN = Books(
    orders={"a": ("paid", 700), "b": ("pending", 900), "c": ("cancelled", 100)},
    charges={"a": [700]},
    sold={"shackle": 2},
    stock={"shackle": (8, 10), "oakum": (3, 3)},
)
PLANTED = {
    "an order that is gone": (CLEAN, {"z": 700}, "order z was acknowledged and is missing"),
    "an order that was cancelled": (CLEAN, {"c": 100}, "order c was acknowledged and is cancelled"),
    "a total that changed": (CLEAN, {"a": 800}, "order a was acknowledged at 800 cents and stands at 700"),
    "no charge": (replace(CLEAN, charges={}), {}, "order a of 700 cents was charged nothing"),
    "two charges": (replace(CLEAN, charges={"a": [700, 700]}), {}, "order a of 700 cents was charged [700, 700]"),
    "half a charge": (replace(CLEAN, charges={"a": [350]}), {}, "order a of 700 cents was charged [350]"),
    "a charge for nothing": (
        replace(CLEAN, charges={"a": [700], "z": [5]}),
        {},
        "5 cents were charged for order z, which is not there",
    ),
    "a piece sold twice": (
        replace(CLEAN, sold={"shackle": 3}),
        {},
        "shackle: 8 on hand + 3 sold, of 10 received",
    ),
    "stock below zero": (
        replace(CLEAN, sold={"shackle": 11}, stock={"shackle": (-1, 10)}),
        {},
        "shackle: -1 on hand + 11 sold, of 10 received",
    ),
    "an item nobody has": (
        replace(CLEAN, sold={"shackle": 2, "kraken": 1}),
        {},
        "kraken: 1 sold, of an item that is not in stock",
    ),
}


def test_clean_books_have_no_findings():
    """Orders that are paid, pending and cancelled pass where charges and stock agree with them."""
    assert compare(CLEAN, {"a": 700, "b": 900}) == []


@pytest.mark.parametrize(("books", "acknowledged", "evidence"), PLANTED.values(), ids=PLANTED.keys())
def test_planted_fault_is_the_one_finding(books, acknowledged, evidence):
    """Each kind of fault is found, once, and named."""
    (finding,) = compare(books, acknowledged)
    assert finding.evidence == (evidence,)


def test_finding_counts_all_cases_and_shows_a_few():
    """A finding tells how often a rule is broken, and quotes no more than five cases."""
    (finding,) = compare(CLEAN, {str(number): 1 for number in range(40)})
    assert (finding.count, len(finding.evidence)) == (40, 5)
