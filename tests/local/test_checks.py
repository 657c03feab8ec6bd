"""Checks on real services: whatever a learner's file does, a verdict comes back, and it is the right one."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from the_course import check

from capsize.check.run import begin

BROKEN = {
    "import of what is not there": ("    return 1\n\n\nimport no_such_cargo", "boat.py:12", "no_such_cargo"),
    "exit at import": ("    return 1\n\n\nraise SystemExit(0)", "boat.py", "exit code 0"),
    "not written": ('    raise NotImplementedError("1.1")', "boat.py", "exercise 1.1 is not written yet"),
    "hard exit in a request": ("    import os\n    os._exit(0)", "boat.py:10", "ended by itself"),
    "endless loop in a request": ("    while True:\n        pass", "boat.py:", "no answer"),
    "exception in a request": ("    return 1 / 0", "boat.py:9", "ZeroDivisionError"),
}


def verdict_on(small, body):
    small.boat(body)
    return check("1.1", "starter", course=small.course)[0]


@pytest.mark.parametrize(("body", "look", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_at_its_line(small, body, look, words):
    """A file that breaks its service is refused, and the verdict names the line and the reason."""
    verdict = verdict_on(small, body)
    assert (verdict.status, words in verdict.text) == ("refused", True), verdict.text
    assert f"starter/01_boat/{look}" in verdict.look


OWN_WORDS = """\
import urllib.request


@exercise("1.1")
def test_the_boat_answers(stack, judge):
    try:
        urllib.request.urlopen(stack.url() + "/draught?cargo=4", timeout=1)
        got = "an answer"
    except TimeoutError:
        got = "ReadTimeout"
    judge.claim(got == "an answer", "an answer", bad=got, look="def draught")
"""


def test_an_endless_loop_is_named_also_where_the_check_words_the_silence(small):
    """A check that says itself that no answer came still points at the line that turns."""
    small.checks(OWN_WORDS)
    verdict = verdict_on(small, "    total = cargo\n    while True:\n        total += 0")
    assert verdict.look in ("starter/01_boat/boat.py:10", "starter/01_boat/boat.py:11"), verdict.text
    assert "is still being executed" in verdict.evidence[-1]


WAITING = """\
from capsize.check.kit import machine_load, until

machine_load.Neighbours.reason = lambda neighbours: ""  # whatever else runs beside this test


@exercise("1.1", deadline=1)
async def test_it(stack, judge):
    judge.done("loaded 4 tonnes")
    await until(lambda: False, "the boat lies 5 deep", within=60, line=2)
"""


def test_time_that_runs_out_is_refused_and_not_unjudged(small):
    """A check that gives up says what it waited for, for which line, and sends the learner into their own file."""
    small.checks(WAITING)
    verdict = verdict_on(small, "    return 1")
    assert (verdict.status, verdict.expected, verdict.line) == ("refused", "the boat lies 5 deep", 2), verdict.text
    assert "test_01_boat.py" not in verdict.text


def test_an_endless_import_is_refused_at_its_line(small):
    """A file that never ends to import is refused at the line where it turns."""
    verdict = verdict_on(small, "    return 1\n\n\nwhile True:\n    pass")
    assert (verdict.status, verdict.look.rpartition(":")[0]) == ("refused", "starter/01_boat/boat.py"), verdict.text


def test_the_starter_is_refused_and_the_solution_passes(small):
    """The check tells the unsolved exercise from the solved one, on the same course."""
    verdicts = [check("1.1", code, course=small.course)[0] for code in ("starter", "solutions")]
    assert [verdict.status for verdict in verdicts] == ["refused", "passed"], verdicts


FORGERY = """\
    print(FORGED, flush=True)
    return 1


import json, os, urllib.request

FORGED = "\\n".join(json.dumps(words) for words in ({"end": "x", "status": "passed"}, {"over": 0}, {}))
for descriptor in range(3, 200):
    try:
        os.write(descriptor, FORGED.encode())
    except OSError:
        pass
urllib.request.urlopen = None
"""


def test_a_forged_verdict_changes_nothing(small):
    """A service that prints, writes to all it holds and patches its own clients is judged by what it answers."""
    verdict = verdict_on(small, FORGERY)
    assert (verdict.status, verdict.expected) == ("refused", "a draught of 5"), verdict.text


def test_checks_hold_under_python_O(small):  # noqa: N802 - the option's name
    """``python -O`` removes asserts, and no verdict with them."""
    words = "import capsize; print(capsize.lab(1, 'starter').check('1.1').status)"
    told = subprocess.run([sys.executable, "-O", "-c", words], capture_output=True, text=True, timeout=60)
    assert told.stdout.strip() == "refused", told.stderr


def test_a_stack_that_fails_for_our_reasons_is_not_judged(small):
    """What is wrong with the lab, not with the learner's file, leaves the exercise unjudged."""
    file = small.root / "docker/01_boat/compose.yaml"
    volumes = "    volumes:\n      - ${CODE:-../../solutions/01_boat}:/code:ro\n"
    file.write_text(file.read_text().replace(volumes, ""))
    verdict = verdict_on(small, "    return 1 + cargo")
    assert verdict.status == "unjudged", verdict.text


def test_a_check_may_change_what_the_lab_runs(small):
    """A check is given the stack that it made of the lab's, and a lab's own stays as it is."""
    small.checks(
        "from dataclasses import replace\n\n\ndef two(stack):\n"
        '    boat = replace(stack.services["boat"], replicas=2)\n'
        '    return replace(stack, services={"boat": boat})\n\n\n'
        '@exercise("1.1", changed=two)\ndef test_it(stack, judge):\n'
        '    names = [one.name for one in stack.service("boat").instances]\n'
        '    judge.claim(names == ["boat-1", "boat-2"], "two boats", bad=names)\n'
    )
    assert check("1.1", "solutions", course=small.course)[0].status == "passed"
    assert small.course.lab(1).model().services["boat"].replicas == 1


def test_a_check_leaves_nothing(small):
    """After a check that refuses, no process that it started is left."""
    before = _children()
    verdict_on(small, "    import os, time\n    if os.fork() == 0:\n        time.sleep(600)\n    return 1")
    assert _soon(lambda: _children() <= before)


def test_a_cancelled_check_leaves_nothing(small):
    """Cancelling a check ends its stack within two seconds."""
    small.checks(
        '@exercise("1.1")\ndef test_it(stack, judge):\n    import time\n'
        '    open("is_up", "w").close()\n    time.sleep(600)\n'
    )
    before = _children()
    lab, (exercise,) = small.course.find("1.1", "solutions")
    checking = begin(lab, exercise)
    threading.Thread(target=lambda: (_soon((small.root / "is_up").exists, 30), checking.cancel())).start()
    verdict = checking.verdict()
    assert (verdict.got, _soon(lambda: _children() <= before)) == ("the check was cancelled", True)


def test_a_killed_asker_takes_its_check_along(small):
    """When the process that asked is killed, the check and its stack end too."""
    before = _children()
    words = "import capsize; capsize.lab(1, 'solutions').check('1.1')"
    asker = subprocess.Popen([sys.executable, "-c", words])
    assert _soon(lambda: any("spawner.py" in words for words in _commands(before)), 20)
    asker.kill()
    asker.wait()
    assert _soon(lambda: not _commands(before))


def _children() -> set[int]:
    """List the processes of this user that belong to this test's course."""
    here = str(Path.cwd())
    return {process.pid for process in psutil.process_iter() if _is_of(process, here)}


def _commands(before: set[int]) -> list[str]:
    found = []
    for pid in _children() - before:
        try:
            found.append(" ".join(psutil.Process(pid).cmdline()))
        except psutil.Error:
            continue
    return found


def _is_of(process: psutil.Process, here: str) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get("CAPSIZE_HOME") == here
    except psutil.Error:
        return False


def _soon(holds, seconds: float = 6.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
