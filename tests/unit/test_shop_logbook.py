"""The app's log in its folder, and what a reader finds there: marks, lines, files that turn over, and notes."""

from __future__ import annotations

import pytest

from shop.core.disk_dict import Notes
from shop.logfiles import files
from shop.sidecar.rotating_log import NAME, Logbook


def test_log_turns_over_and_loses_no_line(tmp_path):
    """Whatever a file's size, the lines of all files together are those that were written, in order."""
    log = Logbook(tmp_path, 300)
    for number in range(20):
        log.write("order", id=number)
    lines = [line.text for file in files(tmp_path) for line in file.read()[1:]]
    assert len(list(files(tmp_path))) > 2
    assert [line.split('"id": ')[1] for line in lines] == [f"{number}}}" for number in range(20)]


def test_file_keeps_its_mark_when_it_is_renamed(tmp_path):
    """A file is known by what it was before, whatever it is called now."""
    log = Logbook(tmp_path, 300)
    log.write("order")
    (first,) = [file.mark for file in files(tmp_path)]
    while not (tmp_path / f"{NAME}.1").exists():
        log.write("order")
    assert {file.name: file.mark for file in files(tmp_path)}[f"{NAME}.1"] == first


def test_reading_goes_on_where_it_ended(tmp_path):
    """From the end of a line the next one is read, and a line that is not written to its end is not read yet."""
    log = Logbook(tmp_path, 10_000)
    log.write("order", id=1)
    log.write("order", id=2)
    with (tmp_path / NAME).open("a") as file:
        file.write('{"half')
    (log_file,) = [(file.read(0, 2), file.read(file.read(0, 2)[-1].end)) for file in files(tmp_path)]
    assert [len(lines) for lines in log_file] == [2, 1]


def test_a_new_process_goes_on_in_the_same_file(tmp_path):
    """An app that comes back adds to the file that it left."""
    Logbook(tmp_path, 10_000).write("order")
    Logbook(tmp_path, 10_000).write("order")
    (lines,) = [file.read() for file in files(tmp_path)]
    assert len(lines) == 3


def test_notes_outlive_their_process(tmp_path):
    """What was noted is there for whoever opens the notes next."""
    Notes(tmp_path / "notes.json")["a"] = 5
    assert dict(Notes(tmp_path / "notes.json")) == {"a": 5}


def test_notes_forget_what_is_deleted(tmp_path):
    """What was taken out is not there any more."""
    notes = Notes(tmp_path / "notes.json")
    notes["a"] = 5
    del notes["a"]
    with pytest.raises(KeyError):
        Notes(tmp_path / "notes.json")["a"]
