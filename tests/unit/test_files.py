"""Files that are replaced in one step."""

from __future__ import annotations

import pytest

from capsize import files


@pytest.mark.parametrize(("content", "written"), [("größer\n", "größer\n".encode()), (b"\x00\xff", b"\x00\xff")])
def test_a_file_is_replaced_with_text_or_bytes(tmp_path, content, written):
    """Text is written as UTF-8 and bytes as they are; nothing is left beside."""
    files.replace(tmp_path / "a", "old")
    assert files.replace(tmp_path / "a", content).read_bytes() == (
        content.encode() if str(content) == content else content
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_replaced_file_keeps_its_mode(tmp_path):
    """What only its owner may read stays so."""
    files.replace(tmp_path / "a", "old").chmod(0o600)
    assert files.replace(tmp_path / "a", "new").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path, monkeypatch):
    """Where the disk is full, the old content is still there and no half of the new one is."""
    files.replace(tmp_path / "a", "old")
    monkeypatch.setattr("pathlib.Path.write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "no space")))
    with pytest.raises(OSError, match="no space"):
        files.replace(tmp_path / "a", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]
