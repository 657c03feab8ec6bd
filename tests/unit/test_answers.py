"""The reader of wrong and right answers refuses what is not valid, by line, and says which text no longer applies."""

from __future__ import annotations

import pytest
from answers import Change, read_answers

from capsize.errors import CapsizeError

ANSWER = """\
[[answer]]
id = "1.1_sinks"
exercise = "1.1"
says = "a draught of 5"
because = "Cargo is heavy."
file = "boat.py"
replace = [["return 1 + cargo", "return 1 - cargo"]]
"""


@pytest.fixture
def read(small):
    """Read what is written as the boat's wrong answers."""

    def read(text=ANSWER, *, says=True):
        return read_answers(small.write("tests/wrong/01_boat.toml", text), small.root, says=says)

    return read


def test_answer_is_the_solution_with_its_texts_replaced(read, small, tmp_path):
    """What is laid out is every file of the solution, and the changed one holds the new text."""
    code = read()[0].laid_out(tmp_path / "answers")
    assert (code / "boat.py").read_text() == (small.boat("    return 1 - cargo", code="solutions")).read_text()
    assert (code / "name.py").read_text() == 'NAME = "Otter"\n'


def test_answer_may_change_several_files_and_bring_its_own(read, small, tmp_path):
    """Changes of two files and a file of its own are laid out together."""
    small.write("tests/wrong/01_boat/1.1_sinks/keel.py", "DEEP = 1\n")
    text = ANSWER + 'whole = ["keel.py"]\n[[answer.change]]\nfile = "name.py"\nreplace = [["Otter", "Seal"]]\n'
    code = read(text)[0].laid_out(tmp_path / "answers")
    assert ["1 - cargo" in (code / "boat.py").read_text(), (code / "name.py").read_text()] == [True, 'NAME = "Seal"\n']
    assert (code / "keel.py").read_text() == "DEEP = 1\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[answer", "this is not TOML"),
        ('room = "wrong"\n' + ANSWER, r"only \[\[answer\]\] tables"),
        (ANSWER.replace('"1.1"', '"1.7"'), "01_boat has no exercise 1.7\n  expected: 1.1, 1.2"),
        (ANSWER.replace("says", "say"), "unknown key: say\n"),
        (ANSWER.replace('"Cargo is heavy."', '" "'), "because is missing"),
        (ANSWER.replace('says = "a draught of 5"\n', ""), "says is missing"),
        (ANSWER.replace("1.1_sinks", "1.2_sinks"), "the id is not valid"),
        (ANSWER.replace("file =", "whole = []\n#"), "a change is not valid"),
        (ANSWER.replace(', "return 1 - cargo"', ""), "a change is not valid"),
        ("".join(ANSWER.splitlines(keepends=True)[:5]), "1.1_sinks changes nothing"),
        (
            ANSWER + "line = 3\n",
            "1.1 has no acceptance line 3\n  expected: 0: nothing starts\n1: an empty boat draws 1\n2:",
        ),
        (ANSWER + "line = true\n", "1.1 has no acceptance line True"),
        (ANSWER + "line = 2\n\n" + ANSWER.replace("sinks", "floats"), "toml:10: 1.1_floats has no line"),
        (ANSWER + "\n" + ANSWER, r"tests/wrong/01_boat.toml:9: two answers have the id 1.1_sinks"),
    ],
)
def test_invalid_file_is_refused(read, text, words):
    """Every mistake is named, in one clause, with its place."""
    with pytest.raises(CapsizeError, match=words):
        read(text)


def test_wrong_answer_names_the_acceptance_line_that_it_breaks(read):
    """The bank says which line of the exercise each answer breaks, where its lab has that already."""
    assert [read(ANSWER + more)[0].line for more in ("", "line = 2\n", "line = 0\n")] == [None, 2, 0]


def test_right_answer_says_nothing(read):
    """Words that refuse belong to wrong answers alone."""
    with pytest.raises(CapsizeError, match="unknown key: says"):
        read(says=False)


def test_text_that_is_gone_is_named(read, small):
    """An answer to a solution that has changed names itself, the file and the text."""
    small.boat("    return cargo + 1", code="solutions")
    assert read()[0].misfits() == ["1.1_sinks: boat.py has this text nowhere, not once:\nreturn 1 + cargo"]
    with pytest.raises(CapsizeError, match="nowhere"):
        read()[0].files()


def test_text_that_is_repeated_or_overlaps_is_named():
    """Which of two equal texts is meant is never guessed, and no text is replaced within another one."""
    change = Change("boat.py", (("a", "b"), ("cd", "x"), ("de", "y")))
    assert list(change.misfits("a a cde")) == [
        "boat.py has this text twice, not once:\na",
        "two texts of boat.py overlap; this is the second:\nde",
    ]


def test_whole_files_are_those_of_the_folder(read, small):
    """A file that is named and missing, or there and not named, is told."""
    small.write("tests/wrong/01_boat/1.1_sinks/keel.py", "")
    misfits = read(ANSWER + 'whole = ["mast.py"]\n')[0].misfits()
    assert sorted(misfits) == [f"1.1_sinks: whole = and its folder differ: {name}.py" for name in ("keel", "mast")]
