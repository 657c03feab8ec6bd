"""What is read from a log that ends with a crash."""

from __future__ import annotations

import pytest

from capsize.runtime.tracebacks import own_line, reason, tail, undumped, without_foreign_frames
from capsize.stack.model import Location

CRASH = """\
[critical][assert] [watcher_impl.cc:32] assert failure: inotify_fd_ >= 0. Details: Consider increasing a limit
[critical][backtrace] [./source/server/backtrace.h:173] Caught Aborted, suspect faulting address 0x1a2a
[critical][backtrace] [./source/server/backtrace.h:160] Address mapping: 55ffcb64a000-55ffcf7b0000
[critical][backtrace] [./source/server/backtrace.h:167] #0: [0x7fb8a0b32050]
"""


def test_a_crash_shows_its_reason(tmp_path):
    """The end of Envoy's log is why it crashed, and no addresses in its memory."""
    log = tmp_path / "envoy.log"
    log.write_text(CRASH)
    assert tail(log, 2) == CRASH.splitlines()[:1]


DUMPS = """\
Thread 0x00007f01 (most recent call first):
  File "{code}/uploads.py", line 3 in show
Current thread 0x00007f00 (most recent call first):
  File "/usr/lib/python3.11/asyncio/runners.py", line 118 in run
Thread 0x00007f02 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 327 in wait
Thread 0x00007f01 (most recent call first):
  File "{code}/uploads.py", line 17 in invite
  File "{code}/uploads.py", line 30 in outer
Current thread 0x00007f00 (most recent call first):
  File "/usr/lib/python3.11/asyncio/runners.py", line 118 in run
"""
LACKING = """\
Traceback (most recent call last):
  File "/course/src/shop/storefront.py", line 74, in login
{error}
"""


def test_a_loop_in_a_thread_is_found(tmp_path):
    """Of the last dump of all threads it is the innermost of our lines, in whichever thread."""
    assert own_line(DUMPS.format(code=tmp_path).splitlines(), tmp_path) == Location(tmp_path / "uploads.py", 17)


@pytest.mark.parametrize(
    "error",
    [
        "AttributeError: module 'sessions' has no attribute 'begin'",
        "ImportError: cannot import name 'begin' from 'sessions' (/code/sessions.py)",
    ],
)
def test_a_file_that_lacks_a_name_is_blamed(tmp_path, error):
    """An empty file, or one whose function has another name, is the reason although no line of it ran."""
    (tmp_path / "sessions.py").write_text("")
    assert own_line(LACKING.format(error=error).splitlines(), tmp_path) == Location(tmp_path / "sessions.py", 1)


def test_somebody_elses_module_is_not_blamed(tmp_path):
    """A module that is not among the learner's files lacks what it lacks for other reasons."""
    error = "AttributeError: module 'redis' has no attribute 'begin'"
    assert own_line(LACKING.format(error=error).splitlines(), tmp_path) is None


FATALLY = """\
Fatal Python error: Segmentation fault

Current thread 0x00007f00 (most recent call first):
  File "{code}/native.py", line 4 in dive
Thread 0x00007f02 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 327 in wait
"""


def test_where_it_was_does_not_say_why_it_ended(tmp_path):
    """A stack dump that a process was asked for is no reason; what it said before and after stays."""
    said = f"INFO begins\n{DUMPS.format(code=tmp_path)}INFO ends\n".splitlines()
    assert undumped(said) == ["INFO begins", "INFO ends"]


def test_a_crash_in_native_code_says_where(tmp_path):
    """The dump that a dying interpreter writes by itself is the reason, of all threads."""
    said = FATALLY.format(code=tmp_path).splitlines()
    assert (undumped(said), own_line(said, tmp_path)) == (said, Location(tmp_path / "native.py", 4))


UNREADABLE = """\
Traceback (most recent call last):
  File "/usr/lib/runpy.py", line 287, in run_path
PermissionError: [Errno 13] Permission denied: '{code}/app.py'
"""


def test_a_file_that_may_not_be_read_is_named(tmp_path):
    """A file of the learner's that Python may not read has no line in the traceback: its first is named."""
    (tmp_path / "app.py").touch()
    assert own_line(UNREADABLE.format(code=tmp_path).splitlines(), tmp_path) == Location(tmp_path / "app.py", 1)


CRASHED = """\
    app = _find(arguments[0])
          ^^^^^^^^^^^^^^^^^^^
  File "/course/src/shop/app.py", line 14, in <module>
    import inventory
    ^^^^^^^^^^^^^^^^
  File "{code}/inventory.py", line 39
    def x(:
          ^
SyntaxError: invalid syntax
"""


def test_frames_of_others_are_left_out_where_ones_own_is_among_them(tmp_path):
    """What is quoted of a traceback is the learner's own frames and the error; where none is theirs, all of it."""
    lines = CRASHED.format(code=tmp_path).splitlines()
    assert without_foreign_frames(lines, tmp_path) == lines[5:]
    assert without_foreign_frames(lines[:5], tmp_path) == lines[:5]
    assert without_foreign_frames([], tmp_path) == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (CRASHED.splitlines(), "SyntaxError: invalid syntax"),
        (
            ["asyncpg.exceptions.UniqueViolationError: duplicate key", "DETAIL: Key"],
            "asyncpg.exceptions.UniqueViolationError: duplicate key",
        ),
        (["KeyboardInterrupt"], "KeyboardInterrupt"),
        (["12:00 ERROR shop: Error: it said", "ready"], ""),
        ([], ""),
    ],
)
def test_the_reason_of_a_crash_is_its_last_exception(lines, words):
    """One line says why: the last that begins with an exception's name."""
    assert reason(lines) == words
