"""The runner of checks: nothing but a test that ran and passed is a pass."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from the_course import check

from capsize.check.unchanged import still_passed

PASSING = 'def test_it(judge):\n    judge.claim(True, "5")\n'
NEVER_PASS = {
    "no test at all": ("", "no check of exercise 1.1 ran"),
    "a test of another exercise": (f'@exercise("1.2")\n{PASSING}', "no check of exercise 1.1 ran"),
    "a test without a mark": (PASSING, "no check of exercise 1.1 ran"),
    "a skipped test": (f'import pytest\n\n\n@pytest.mark.skip("later")\n@exercise("1.1")\n{PASSING}', "skipped"),
    "a skip inside": (
        'import pytest\n\n\n@exercise("1.1")\ndef test_it(judge):\n    pytest.skip("later")\n',
        "skipped",
    ),
    "an expected failure": (
        'import pytest\n\n\n@pytest.mark.xfail\n@exercise("1.1")\ndef test_it(judge):\n    raise ValueError\n',
        "skipped",
    ),
    "an unexpected success": (f'import pytest\n\n\n@pytest.mark.xfail\n@exercise("1.1")\n{PASSING}', "skipped"),
    "an error of the check": ('@exercise("1.1")\ndef test_it(judge):\n    {}["x"]\n', "KeyError: 'x'"),
    "an assert": ('@exercise("1.1")\ndef test_it(judge):\n    assert 1 == 2, "sums"\n', "AssertionError: sums"),
    "nothing claimed": ('@exercise("1.1")\ndef test_it(judge):\n    judge.done("looked")\n', "claimed nothing"),
    "no judge": ('@exercise("1.1")\ndef test_it():\n    pass\n', "without a result"),
    "a check that exits": ('@exercise("1.1")\ndef test_it(judge):\n    import os\n    os._exit(0)\n', "ended before"),
    "a check that kills itself": (
        '@exercise("1.1")\ndef test_it(judge):\n    import os\n    os.kill(os.getpid(), 9)\n',
        "ended before",
    ),
    "a module that does not import": ("import no_such_module\n", "cannot be imported"),
    "a syntax error": ("def test_it(:\n", "cannot be imported"),
    "a deadline": (
        '@exercise("1.1", deadline=0.3)\nasync def test_it(judge):\n    import anyio\n    await anyio.sleep(60)\n',
        "not at its end after",
    ),
}


@pytest.mark.parametrize(("checks", "words"), NEVER_PASS.values(), ids=NEVER_PASS)
def test_what_did_not_run_to_its_end_is_not_judged(small, checks, words):
    """Whatever keeps a check from running to its end leaves the exercise unjudged, and says why."""
    small.checks(checks)
    verdict = check("1.1", "solutions", course=small.course)[0]
    assert (verdict.status, words in verdict.got) == ("unjudged", True), verdict.text


def test_a_check_that_hangs_is_ended(small, monkeypatch):
    """A check that neither ends nor awaits is killed after its time, and unjudged."""
    monkeypatch.setattr("capsize.check.run.GRACE", 0.2)
    small.checks('@exercise("1.1", deadline=0.3)\ndef test_it(judge):\n    while True:\n        pass\n')
    verdict = check("1.1", "solutions", course=small.course)[0]
    assert (verdict.status, verdict.got) == ("unjudged", "the check had no result after 0.3 s")


def test_an_async_check_needs_no_other_plugin(small):
    """A check may be a coroutine."""
    small.checks('@exercise("1.1")\nasync def test_it(judge):\n    judge.claim(True, "5")\n')
    assert check("1.1", "solutions", course=small.course)[0].status == "passed"


def test_two_checks_must_both_pass(small):
    """One refused test of an exercise refuses it, whatever the other says."""
    refusing = 'def test_other(judge):\n    judge.claim(False, "5", bad="1")\n'
    small.checks(f'@exercise("1.1")\n{PASSING}\n\n@exercise("1.1")\n{refusing}')
    assert check("1.1", "solutions", course=small.course)[0].status == "refused"


def test_surroundings_of_the_asker_change_nothing(small, monkeypatch):
    """Options and plugins that the asker's environment adds to pytest do not reach the check."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    assert check("1.2", "solutions", course=small.course)[0].status == "passed"


def test_files_of_the_learner_are_not_part_of_the_check(small):
    """A conftest or a module of pytest's name among the learner's files is not loaded."""
    for name in ("conftest.py", "pytest.py", "capsize.py", "json.py"):
        small.write(f"starter/01_boat/{name}", "raise SystemExit(0)")
    assert check("1.2", "starter", course=small.course)[0].status == "refused"


def test_a_lab_is_checked_exercise_by_exercise(small):
    """Asking for a lab gives a verdict for each of its exercises, in order."""
    small.checks(f'@exercise("1.2")\n{PASSING}')
    verdicts = check("01_boat", "solutions", course=small.course)
    assert [(verdict.exercise, verdict.status) for verdict in verdicts] == [("1.1", "unjudged"), ("1.2", "passed")]


def test_a_pass_is_kept_for_the_learner(small):
    """What a learner's own files passed is in the score, and what solutions passed is not."""
    check("1.2", "solutions", course=small.course)
    small.course.lab(1).workspace.begin()
    small.write("work/01_boat/name.py", 'NAME = "Otter"\n')
    assert small.course.lab(1).progress.passed("1.2") is None
    check("1.2", course=small.course)
    assert list(json.loads((small.root / "work/progress.json").read_text())["passed"]) == ["1.2"]


def test_what_passed_is_judged_again_only_if_something_changed(small):
    """All of a lab are checked, but what passed in this session stands until its files, checks or stack change."""
    lab = small.course.lab(1, "solutions")
    name = lab.exercise("1.2")
    lab.check("1.2")
    small.write("solutions/01_boat/__pycache__/name.pyc", "compiled")
    small.checks(f'@exercise("1.2")\n{PASSING}')
    assert still_passed(lab, name, "processes") is None
    assert [one.headline for one in (lab.check("1.2"), lab.check_all()[1])] == [
        "1.2 passed: Name the boat",
        "1.2 passed, unchanged since: Name the boat",
    ]
    for file in ("solutions/01_boat/name.py", "docker/01_boat/compose.yaml"):
        text = (small.root / file).read_text()
        small.write(file, f"{text}\n# changed\n")
        assert still_passed(lab, name, "processes") is None
        small.write(file, text)
        assert still_passed(lab, name, "processes")


def test_what_passed_and_is_refused_now_does_not_stand(small):
    """A refusal ends what an earlier pass stood for."""
    lab = small.course.lab(1, "solutions")
    lab.check("1.2")
    good = (small.root / "solutions/01_boat/name.py").read_text()
    small.write("solutions/01_boat/name.py", 'NAME = "nobody"\n')
    assert lab.check("1.2").status == "refused"
    small.write("solutions/01_boat/name.py", good)
    assert still_passed(lab, lab.exercise("1.2"), "processes") is None


@pytest.mark.parametrize(
    ("code", "exit_code", "words"), [("solutions", 0, "1 passed"), ("starter", 1, "look at   name.py:1")]
)
def test_pytest_itself_shows_the_verdict(small, code, exit_code, words):
    """CI reads a refusal as a verdict, without a traceback."""
    asked = ["-m", "pytest", "-p", "capsize.check.plugin", "--exercise", "1.2", "--code", code, "tests/labs"]
    told = subprocess.run([sys.executable, *asked], capture_output=True, text=True, timeout=60)
    assert (told.returncode, words in told.stdout, "Traceback" in told.stdout) == (exit_code, True, False), told.stdout


def test_pytest_itself_fails_a_check_that_expects_nothing(small):
    """A check that cannot fail is a failure, in CI too."""
    small.checks('@exercise("1.1")\ndef test_it(judge):\n    judge.done("looked")\n')
    asked = ["-m", "pytest", "-p", "capsize.check.plugin", "tests/labs"]
    told = subprocess.run([sys.executable, *asked], capture_output=True, text=True, timeout=60)
    assert (told.returncode, "claimed nothing" in told.stdout) == (1, True), told.stdout
