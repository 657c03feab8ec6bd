"""What a ``python`` command asks for, and which interpreter a process is forked from."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.runtime.host.processes.python_command import PythonProgram, forkable, parse
from capsize.runtime.host.processes.zygote import MOST, Seeds

READ = {
    "app.py -u": PythonProgram("file", "app.py", ("-u",)),
    "-u app.py": PythonProgram("file", "app.py", is_unbuffered=True),
    "-B -u -m shop.serve -x": PythonProgram("module", "shop.serve", ("-x",), True, True),
    "-Bmshop.serve": PythonProgram("module", "shop.serve", writes_no_bytecode=True),
    "-c pass -m": PythonProgram("text", "pass", ("-m",)),
    **dict.fromkeys(("", "-", "-u", "-m", "-c", "-V", "--help", "-O app.py", "-Xdev app.py", "-uI app.py")),
}


@pytest.mark.parametrize("words", READ)
def test_options_are_read_as_python_reads_them(words: str):
    """Options with an argument of their own, and several in one word, are read as the interpreter reads them."""
    assert parse(words.split()) == READ[words]


@pytest.mark.parametrize(
    ("env", "can_fork"),
    [
        ({}, True),
        ({"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8@euro", "PYTHONUNBUFFERED": "x", "PYTHONPATH": ""}, True),
        ({"LC_ALL": "C", "LANG": "ja_JP.EUC-JP"}, True),
        ({"LANG": "ja_JP.EUC-JP"}, False),
        ({"LC_ALL": "de_DE"}, False),
        ({"PYTHONPATH": "lib"}, False),
        ({"LD_PRELOAD": "x.so"}, False),
    ],
)
def test_what_acts_at_the_start_is_not_forked(env: dict[str, str], can_fork: bool, tmp_path: Path):
    """A variable that an interpreter reads at its start asks for one of its own."""
    assert (forkable(["python", "-m", "app"], env, str(tmp_path)) is not None) == can_fork


def test_seeds_differ_where_they_can():
    """Copies never share one, a restart gets another, and so does a caller; when all are taken there is none left."""
    seeds = Seeds()
    assert [seeds.choose(number, "one", {0}) for number in range(MOST + 1)] == [*range(MOST), None]
    seeds = Seeds()
    assert [seeds.choose(1, "one", {0, 1}), seeds.choose(2, "two", {0, 1})] == [0, 1]
    seeds.forget(1)
    assert seeds.choose(3, "one", {0, 1}) == 1
