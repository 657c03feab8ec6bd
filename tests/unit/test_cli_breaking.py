"""How a wire is named in a terminal."""

from __future__ import annotations

import pytest

from capsize.cli.breaking import _wire
from capsize.errors import CapsizeError


@pytest.mark.parametrize("words", [("shop", "db"), ("shop>db", None), ("shop > db", None)])
def test_wire_is_named_by_its_ends(words):
    """Two words and the board's own way of writing it mean the same."""
    assert _wire("cut", *words) == "shop>db"


@pytest.mark.parametrize("caller", ["shop", "shop>"])
def test_half_a_wire_is_refused_with_the_way_to_type_it(caller):
    """A shell takes > for itself, and what is left is told what to type."""
    with pytest.raises(CapsizeError) as refused:
        _wire("cut", caller, None)
    assert 'capsize cut "shop>db"' in str(refused.value)
