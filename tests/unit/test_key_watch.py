"""What is written down of a keeper and its key; the watch looks at Python's own audit events."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import pytest

from shop.sidecar.key_watch import KeyWatch, is_open_to_others

KEY = "key-of-the-bank"
WATCHES: list[KeyWatch] = []  # of the test that runs: a hook stays until the process ends


def hear(event, arguments):
    for watch in WATCHES:
        watch.look(event, arguments)


sys.addaudithook(hear)


@pytest.fixture
def watch(tmp_path):
    """A watch over a key's file, in a folder that is open to everybody."""
    folder = tmp_path / "volume"
    folder.mkdir(mode=0o755)
    WATCHES.append(KeyWatch(SimpleNamespace(given={KEY}), folder / "key"))
    before = os.umask(0o022)
    yield WATCHES[-1]
    os.umask(before)
    WATCHES.clear()


def narrow_by_name(new):
    new.write_text(KEY)
    new.chmod(0o600)


def narrow_by_descriptor(new):
    with new.open("w") as file:
        file.write(KEY)
        os.fchmod(file.fileno(), 0o600)


def narrow_in_time(new):
    new.touch(mode=0o600)
    new.write_text(KEY)


def narrow_while_it_is_empty(new):
    new.touch()
    new.chmod(0o600)
    new.write_text(KEY)


def narrow_by_its_folder(new):
    new.parent.joinpath("inner").mkdir(mode=0o700)
    inner = new.parent / "inner" / new.name
    inner.write_text(KEY)
    inner.rename(new.parent / "inner" / "key")


@pytest.mark.parametrize("way", [narrow_by_name, narrow_by_descriptor])
def test_key_that_others_could_read_for_a_moment_is_told(watch, way):
    """A mode that comes after the key is too late, even where the key is still in a buffer."""
    way(watch.file.with_name("key.new"))
    assert watch.told == {"key.new was open to others with the key in it"}


@pytest.mark.parametrize("way", [narrow_in_time, narrow_while_it_is_empty, narrow_by_its_folder])
def test_key_that_nobody_else_could_read_is_not_told(watch, way):
    """A file that is narrow before the key is in it, or whose folder is, says nothing."""
    way(watch.file.with_name("key.new"))
    watch.file.parent.joinpath("key.new").unlink(missing_ok=True)
    assert not watch.told


def test_key_in_another_file_is_told(watch, tmp_path):
    """A copy elsewhere is told, though it is gone at the next moment."""
    elsewhere = tmp_path / "copy"
    elsewhere.write_text(KEY)
    elsewhere.unlink()
    assert watch.told == {f"the key was written into {elsewhere}"}


def test_file_that_is_taken_away_is_told(watch):
    """A file is replaced in one step; to remove it first leaves none for a moment."""
    narrow_in_time(watch.file)
    narrow_in_time(new := watch.file.with_name("key.new"))
    new.replace(watch.file)
    assert not watch.told
    watch.file.unlink()
    assert watch.told == {"the key's file was taken away"}


def test_key_in_an_environment_is_told(watch, monkeypatch):
    """What is put into an environment is there for whatever is started."""
    monkeypatch.setenv("BANK_KEY", KEY)
    assert watch.told == {"a key was handed to os.putenv"}


def test_doors_count_for_those_behind_them(tmp_path):
    """A file for everybody in a folder for one is a file for one."""
    (inner := tmp_path / "inner").mkdir(mode=0o700)
    (file := inner / "key").write_text(KEY)
    file.chmod(0o644)
    assert not is_open_to_others(file, tmp_path)
    inner.chmod(0o755)
    assert is_open_to_others(file, tmp_path)
