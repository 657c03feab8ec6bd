"""The README's pictures show the screens of today."""

from __future__ import annotations

import pytest
from pictures import PICTURES, ROOT, draw, words_of

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", PICTURES)
def test_picture_shows_what_the_screen_shows(name, chromium, tmp_path):
    """Drawn anew, a picture has the same words as the one in docs/, but for what is measured."""
    words = draw(chromium, name, tmp_path / f"{name}.png")
    assert words_of(ROOT / "docs" / f"{name}.png") == words, f"draw it anew: python tests/browser/pictures.py {name}"


@pytest.mark.parametrize("name", PICTURES)
def test_readme_shows_the_picture(name):
    """Each picture that is drawn is one that the README shows."""
    assert f"](docs/{name}.png)" in README


def test_picture_tells_of_another_screen(chromium, tmp_path):
    """A picture of one screen is not taken for that of another."""
    assert draw(chromium, "start", tmp_path / "start.png") != words_of(ROOT / "docs" / "board.png") != ""
