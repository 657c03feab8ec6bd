"""Pictures and figures that change in every run are kept exactly as long as the code that made them."""

from __future__ import annotations

import pytest
from good_notebook import PNG, code, page_of, prose, said, shown

from capsize.notebooks import seal
from capsize.notebooks.notebook import CHANGING

OTHER = "AAAABBBBCCCC"


def page(picture: str = PNG, *, before: str = "x = 1", claim: str = "Figure", figures: str = "412.7"):
    plot = code("plot(x)", shown(text=claim, png=picture))
    return page_of([prose("# How?"), code(before), plot, code("rps", said(figures), tags=(CHANGING,))])


def settled(fresh, committed, **options):
    cells = seal.settle(fresh, committed, **options)["cells"]
    return cells[2]["outputs"][0]["data"]["image/png"], cells[3]["outputs"][0]["text"]


def test_picture_and_figures_stay_while_the_code_stays():
    """A second run changes no byte: what is committed is what is written."""
    assert settled(page(OTHER, figures="9"), page()) == (PNG, "412.7")


def test_picture_is_taken_where_none_is_committed():
    """The first run has nothing to keep."""
    bare = page_of([prose("# How?"), code("x = 1"), code("plot(x)"), code("rps", tags=(CHANGING,))])
    assert settled(page(OTHER, figures="9"), bare) == (OTHER, "9")


@pytest.mark.parametrize("pictures", [True, False])
def test_pictures_are_taken_anew_when_asked(pictures):
    """--pictures takes them all."""
    assert (settled(page(OTHER, figures="9"), page(), pictures=pictures) == (OTHER, "9")) is pictures


def test_picture_changes_with_what_is_shown_beside_it():
    """A picture whose words changed is not the picture of those words; figures beside it are not concerned."""
    assert settled(page(OTHER, claim="Chart", figures="9"), page()) == (OTHER, "412.7")


def test_change_of_earlier_code_breaks_the_seals():
    """Code above a picture is part of what made it."""
    edited = page()
    edited["cells"][1]["source"] = "x = 2"
    assert list(seal.broken(edited)) == [3, 4]
    assert settled(page(OTHER, before="x = 2", figures="9"), edited) == (OTHER, "9")


def test_picture_that_came_from_elsewhere_breaks_the_seal():
    """An output that an editor's run put into the file is replaced by one against the solutions."""
    edited = page()
    edited["cells"][2]["outputs"][0]["data"]["image/png"] = OTHER
    assert list(seal.broken(edited)) == [3]


def test_output_that_never_changes_needs_no_seal():
    """Only cells with pictures or changing figures carry one."""
    assert ["capsize" in cell["metadata"] for cell in page()["cells"]] == [False, False, True, True]
