"""The seal on a folder that is kept."""

from __future__ import annotations

import pytest

from capsize.runtime.backing import seal

DAMAGE = {
    "a bit that flipped": lambda folder: (folder / "deep" / "file").write_bytes(b"contenu"),
    "a file that is cut": lambda folder: (folder / "deep" / "file").write_bytes(b"conten"),
    "a file that is gone": lambda folder: (folder / "deep" / "file").unlink(),
    "a file that is elsewhere": lambda folder: (folder / "deep" / "file").rename(folder / "file"),
    "a file that nobody put there": lambda folder: (folder / "new").touch(),
    "a seal that is gone": lambda folder: (folder.parent / "seal").unlink(),
    "a seal of something else": lambda folder: (folder.parent / "seal").write_bytes(b"\xff"),
    "a folder that is gone": lambda folder: folder.rename(folder.parent / "away"),
}


@pytest.fixture
def sealed(tmp_path):
    """A folder with a file in a folder, and its seal beside it."""
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "deep" / "file").write_bytes(b"content")
    (tmp_path / "seal").write_text(seal.digest(tmp_path / "data"))
    return tmp_path / "data"


def test_a_seal_holds(sealed):
    """What nobody touched is whole."""
    assert seal.holds(sealed, sealed.parent / "seal")


@pytest.mark.parametrize("what", DAMAGE)
def test_a_seal_is_broken_by_any_damage(sealed, what):
    """Whatever happened to a file, its name or the seal, the folder is not called whole."""
    DAMAGE[what](sealed)
    assert not seal.holds(sealed, sealed.parent / "seal")
