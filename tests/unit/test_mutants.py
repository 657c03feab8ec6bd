"""Mutants are the solution after one small step, each is valid and means something else, and what survives is told."""

from __future__ import annotations

import pytest
from mutants import trial
from mutants.equivalents import gone, read_equivalents
from mutants.mutant import mutants
from mutants.trial import Trial, exercise_mutants
from the_course import EXERCISES, OWN, ROOT

from capsize.check.verdict import Verdict
from capsize.errors import CapsizeError

PYTHON = '''\
"""A module."""
LAG = 2.5


async def leave(copy, log):
    """Leave."""
    try:
        await copy.close(after=LAG, now=True)
    except ValueError:  # as before
        log.info("gone")
        raise RuntimeError("too late") from None
    while copy.count > 1 and not copy.left:
        copy.count -= 1
    async with copy.lock():
        return max(copy.first, copy.second)
'''
STEPS = """\
2 statement away|2 2.5 becomes 5.0|2 2.5 becomes 0.0|8 statement away|8 await away|8 argument after away
8 argument now away|8 True becomes False|9 except ValueError catches nothing|9 except ValueError catches all
10 statement away|11 statement away|12 and becomes or
12 condition turned round|12 copy.count > 1 away|12 not copy.left away|12 > becomes >=
12 > becomes <=|12 1 becomes 2|12 1 becomes 0|12 not away|13 statement away|13 -= becomes +=|13 1 becomes 2
13 1 becomes 0|14 with away|15 statement away|15 None returned
15 max becomes min|15 last argument away|15 two arguments swapped
"""
YAML = """\
probe: {path: /ready, port: 8000, period: 0.5s} # both
words: [one]
flag: true
list:
  - name: a
  - name: b
"""
YAML_STEPS = """\
1 probe away|1 path away|1 /ready becomes /readyx|1 port away|1 8000 becomes 8001|1 8000 becomes 7999|1 period away
1 0.5s becomes 1s|1 0.5s becomes 0s|2 words away|2 item 1 away|2 one becomes onex|3 flag away|3 true becomes false
4 list away|5 item 1 away|5 a becomes ax|6 item 2 away|6 b becomes bx
"""
LISTED = """\
[[equivalent]]
exercise = "1.1"
line = "return 1 + cargo"
change = "1 becomes 2"
because = "A boat may be heavy itself."
"""


def words_of(steps):
    return sorted(steps.replace("\n", "|").strip("|").split("|"))


@pytest.mark.parametrize(("file", "source", "steps"), [("a.py", PYTHON, STEPS), ("a.yaml", YAML, YAML_STEPS)])
def test_each_small_step_is_taken_once(file, source, steps):
    """All steps are there, each with the line that it changes; no docstring, comment or word of a log is one."""
    found = list(mutants(file, source))
    assert sorted(f"{one.number} {one.change}" for one in found) == words_of(steps)


def test_a_mutant_differs_in_one_place_and_keeps_the_rest():
    """Comments and the form of the other lines stay as they are written."""
    (one,) = (one for one in mutants("a.py", PYTHON) if one.change == "-= becomes +=")
    assert one.text == PYTHON.replace("copy.count -= 1", "copy.count += 1")


@pytest.mark.parametrize("source", ["pass\n", '"""Only words."""\n', "def f():\n    return None\n"])
def test_what_means_the_same_is_no_mutant(source):
    """A step after which the same is executed is not taken."""
    assert not list(mutants("a.py", source))


def test_of_a_manifest_only_the_lines_that_the_solution_adds_are_changed(small):
    """What a manifest gives is not the learner's."""
    small.write("starter/01_boat/boat.yaml", "given: 1\n# TODO\n")
    small.write("solutions/01_boat/boat.yaml", "given: 1\nadded: 2\n")
    toml = small.root / "starter/01_boat/exercises.toml"
    toml.write_text(toml.read_text().replace('"boat.py"', '"boat.yaml"'))
    lab, (exercise,) = small.course.find("1.1", "solutions")
    assert {one.line for one in exercise_mutants(lab, exercise)} == {"added: 2"}


@pytest.fixture
def judged(small, monkeypatch):
    """Judge a mutant by its text; ``judged`` are the texts."""
    texts = []

    def judge(lab, exercise, seed):
        texts.append((lab.code() / exercise.file).read_text())
        status = "passed" if "return 1 + cargo" in texts[-1] or "return 2 + cargo" in texts[-1] else "refused"
        return Verdict(exercise.id, status)

    monkeypatch.setattr(trial, "judge", judge)
    return texts


def test_what_survives_is_told_and_what_is_equivalent_is_not(small, judged, tmp_path):
    """The tally counts all, and names those that no check refused."""
    kept = tmp_path / "kept"
    tally = Trial(small.course, "1.1", small.root, kept).run()
    survivors = [str(mutant) for mutant, status in tally.statuses.items() if status == "passed"]
    assert "boat.py:9 1 becomes 2: return 1 + cargo" in survivors
    small.write("01_boat.toml", LISTED)
    listed = Trial(small.course, "1.1", small.root, kept).run()
    assert (listed.equivalent, len(listed.statuses)) == (1, len(tally.statuses) - 1)
    assert next(listed.lines).startswith(f"1.1 boat.py: {len(tally.statuses)} mutants, ")


def test_what_was_judged_is_not_judged_again_until_something_changes(small, judged, tmp_path):
    """A second run judges nothing; after a change of the check, or of a part of it, it judges all again."""
    counts = []
    for check, part in (("", ""), ("", ""), ("# another check\n", ""), ("# another check\n", "# another part\n")):
        small.checks(f"{check}def test_nothing():\n    pass\n")
        small.write("tests/labs/lab01_tides.py", part)
        Trial(small.course, "1.1", small.root, tmp_path / "kept").run()
        counts.append(len(judged))
    assert counts[0] == counts[1]
    assert counts[2:] == [2 * counts[0], 3 * counts[0]]


def test_a_solution_that_does_not_pass_judges_nothing(small, judged, tmp_path):
    """Mutants of an answer that is refused itself say nothing about a check."""
    small.boat("    return 5", code="solutions")
    with pytest.raises(CapsizeError, match=r"solution of 1\.1 does not pass"):
        Trial(small.course, "1.1", small.root, tmp_path / "kept").run()


def test_a_listed_mutant_that_is_gone_fails_by_name(small):
    """A list keeps up with its solution."""
    small.write("01_boat.toml", LISTED.replace("1 becomes 2", "1 becomes 3"))
    with pytest.raises(CapsizeError, match=r"1\.1 1 becomes 3: return 1 \+ cargo"):
        Trial(small.course, "1.1", small.root)


def test_an_entry_without_a_reason_is_refused(small):
    """What is called equivalent says why."""
    file = small.write("01_boat.toml", LISTED.replace('because = "A boat may be heavy itself."\n', ""))
    with pytest.raises(CapsizeError, match="not valid"):
        read_equivalents(file)


@pytest.mark.parametrize(("lab", "exercise"), [*EXERCISES, *OWN], ids=lambda case: getattr(case, "id", ""))
def test_all_that_is_listed_is_a_mutant(lab, exercise):
    """The course's own lists name mutants that its solutions have."""
    listed = read_equivalents(ROOT / "tests" / "mutants" / f"{lab.slug}.toml")
    assert not gone([one for one in listed if one.exercise == exercise.id], list(exercise_mutants(lab, exercise)))
