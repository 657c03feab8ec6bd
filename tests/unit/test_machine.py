"""How the doctor judges machines that are not this one."""

from pathlib import Path

import pytest

from capsize.doctor import machine

GB = 2**30


@pytest.mark.parametrize(
    ("version", "ok"), [((3, 10, 14), False), ((3, 11, 0), True), ((3, 13, 1), True), ((4, 0), True)]
)
def test_python_is_judged_by_number(version: tuple[int, ...], ok: bool):
    """Python 3.11 is the oldest that will do."""
    assert machine.python(version).ok is ok


@pytest.mark.parametrize(
    ("name", "chip", "libc", "macos", "ok"),
    [
        ("Linux", "x86_64", ("glibc", "2.31"), "", True),
        ("Linux", "aarch64", ("glibc", "2.39"), "", True),
        ("Linux", "x86_64", ("glibc", "2.28"), "", False),
        ("Linux", "x86_64", ("", ""), "", False),
        ("Linux", "riscv64", ("glibc", "2.39"), "", False),
        ("Darwin", "arm64", ("", ""), "15.1", True),
        ("Darwin", "arm64", ("", ""), "14.7.2", False),
        ("Darwin", "x86_64", ("", ""), "15.1", False),
        ("Windows", "AMD64", ("", ""), "", False),
    ],
)
def test_system_is_judged_by_what_the_wheels_ask_for(name: str, chip: str, libc: tuple[str, str], macos: str, ok: bool):
    """glibc 2.31 on Linux, macOS 15 on Apple silicon; the row names what was found either way."""
    row = machine.system(name, chip, libc, macos)
    assert (row.ok, row.required, row.found.startswith(f"{name} {chip}")) == (ok, True, True)


def test_memory_is_judged_in_gigabytes():
    """Two gigabytes have to be there."""
    assert [machine.memory(size * GB).ok for size in (1.9, 2.0)] == [False, True]


def test_disk_is_judged_where_it_is_needed(tmp_path: Path):
    """Two gigabytes have to be free, and the row names the folder."""
    rows = [machine.disk("temporary", tmp_path, size * GB) for size in (1.9, 2.0)]
    assert [(row.ok, str(tmp_path) in row.found) for row in rows] == [(False, True), (True, True)]


def test_disk_of_a_missing_folder_says_how_to_make_it(tmp_path: Path):
    """A folder that is not there is a finding, not a crash."""
    row = machine.disk("temporary", tmp_path / "gone")
    assert (row.ok, row.next) == (False, f"mkdir -p {tmp_path / 'gone'}")


def test_ports_are_asked_for():
    """The doctor opens ports of 127.0.0.1 and calls one."""
    assert machine.ports(3).found == "3 free ports on 127.0.0.1"


@pytest.mark.parametrize("host", ["unix:///nowhere.sock", "tcp://127.0.0.1:1", "nonsense"])
def test_docker_may_be_missing(host: str):
    """Without an engine the row is not ok, and not required."""
    row = machine.docker(host)
    assert (row.ok, row.required, row.found) == (False, False, "no engine answers")


def test_a_browser_is_found_on_the_path():
    """The first of the known names counts."""
    row = machine.browser({"google-chrome": "/bin/google-chrome"}.get, ())
    assert (row.ok, row.found) == (True, "/bin/google-chrome")


def test_a_browser_is_found_in_the_usual_places(tmp_path: Path):
    """A browser that is not on the PATH, as on macOS, is found by its file."""
    (tmp_path / "chrome").touch()
    row = machine.browser(lambda _: None, [str(tmp_path / "none"), str(tmp_path / "chrome")])
    assert (row.ok, row.found) == (True, str(tmp_path / "chrome"))


def test_a_browser_may_be_missing():
    """Without one the row is not ok, and not required."""
    row = machine.browser(lambda _: None, ())
    assert (row.ok, row.required) == (False, False)


def test_every_failing_row_says_what_to_type(tmp_path: Path):
    """What is not ok has a next step; what is ok has none."""
    bad = [machine.python((3, 9)), machine.system("Windows", "AMD64", ("", ""), ""), machine.memory(0)]
    bad += [machine.disk("x", tmp_path, 0), machine.browser(lambda _: None, ())]
    assert ([row.name for row in bad if not row.next], machine.python((3, 12)).next) == ([], "")
