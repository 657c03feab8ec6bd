"""The browser's modules, joined into the one that anywidget takes."""

from __future__ import annotations

import re

import pytest

from capsize.ui.script import FOLDER, joined, style

ENTRIES = ("board", "form", "live", "recall", "sheet")
MODULES = sorted(file.stem for file in FOLDER.glob("*.js"))


@pytest.mark.parametrize("entry", ENTRIES)
def test_joined_script_imports_nothing(entry):
    """A widget's script needs no other file, and so no request."""
    assert not re.search(r"^\s*(import\b|export \{)|\bimport\(|https?://(?!www\.w3\.org)", joined(entry), re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_joined_script_exports_once(entry):
    """anywidget asks for one default export."""
    assert len(re.findall(r"^export ", joined(entry), re.MULTILINE)) == 1


def test_no_module_is_left_out():
    """Every module belongs to some widget."""
    everything = "".join(map(joined, ENTRIES))
    assert [name for name in MODULES if f"const {name}_js" not in everything and name not in ENTRIES] == []


def test_modules_are_short():
    """A module is one noun, and fits on a few screens."""
    assert [name for name in MODULES if len((FOLDER / f"{name}.js").read_text().splitlines()) > 160] == []


def test_style_asks_nobody():
    """The style sheet names no address, no font file and no image."""
    assert not re.search(r"url\(|@import|https?:", style())
