"""Locust files that do not work: each is an error with a place, never a report of zeros."""

from __future__ import annotations

import pytest

from capsize.errors import CapsizeError
from capsize.load import child, run_blocking


def refusal(file, target, users=2, seconds=1):
    """Run a file that must be refused, and give the words of the refusal."""
    with pytest.raises(CapsizeError) as caught:
        run_blocking(file, target.host, users=users, seconds=seconds)
    return str(caught.value)


def line_of(file, words):
    """Find the line of a file that holds the words."""
    return 1 + next(number for number, line in enumerate(file.read_text().splitlines()) if words in line)


def test_syntax_error_names_file_and_line(target, shop):
    """A file that cannot be read is refused with its line."""
    file = shop("self.client.get('/'")
    assert f"shop.py:{line_of(file, 'self.client')}" in refusal(file, target)


def test_error_at_import_names_file_and_line(target, shop):
    """A file that fails while it is read is refused with its own line, not the library's."""
    file = shop(before="import json\njson.loads('no')\n")
    said = refusal(file, target)
    assert f"shop.py:{line_of(file, 'json.loads')}" in said
    assert "JSONDecodeError" in said


@pytest.mark.parametrize("way", ["os._exit(3)", "os.abort()"])
def test_driver_that_dies_is_an_error(target, shop, way):
    """A driver that ends in the middle is an error that says how, not a short report."""
    said = refusal(shop(f"self.client.get('/'); {way}"), target)
    assert "ended" in said
    assert "before the run was over" in said


def test_exit_at_import_is_an_error(target, shop):
    """A file that leaves while it is read is refused."""
    assert "SystemExit" in refusal(shop(before="import sys\nsys.exit(2)\n"), target)


def test_file_without_users_is_refused(target, shop):
    """A file that defines no user says what to write."""
    file = shop()
    file.write_text("x = 1\n")
    assert "FastHttpUser" in refusal(file, target)


def test_nothing_sent_is_an_error(target, shop):
    """Users that send nothing make an error instead of an empty plot."""
    assert "no request was sent" in refusal(shop("time.sleep(0.1)"), target, seconds=0.5)


def test_nothing_sent_says_whose_line_it_was(target, shop):
    """When the file's own mistake kept it from sending, the error names the line."""
    file = shop("nets = {}['nets']\nself.client.get('/')")
    said = refusal(file, target, seconds=0.5)
    assert f"shop.py:{line_of(file, 'nets')}: KeyError" in said


def test_mistake_beside_requests_is_in_the_report(target, shop):
    """A file that sends and then fails has a report, with the mistake and its line."""
    file = shop("self.client.get('/')\nnets = {}['nets']")
    report = run_blocking(file, target.host, users=1, seconds=0.5)
    assert list(report.mistakes) == [f"shop.py:{line_of(file, 'nets')}: KeyError: 'nets'"]


def test_another_machine_is_not_asked(target, shop):
    """A file that names another host sends nothing there."""
    assert "not on this machine" in refusal(shop("self.client.get('http://192.0.2.1/')"), target, seconds=0.5)


def test_endless_loop_is_stopped_and_named(target, shop, monkeypatch):
    """A task that never gives way is stopped, and the error names its line."""
    monkeypatch.setattr(child, "SILENCE", 2.0)
    file = shop("self.client.get('/')\nwhile True: pass")
    assert f"shop.py:{line_of(file, 'while True')}" in refusal(file, target)


def test_what_a_file_prints_is_no_message(target, shop):
    """A file may print; it does not confuse the report."""
    report = run_blocking(shop("print('{}', flush=True); self.client.get('/')"), target.host, users=1, seconds=0.5)
    assert report.failed == 0


async def test_a_load_that_waits_is_refused_where_an_event_loop_runs(target, shop):
    """Waiting inside of an event loop would stop all that lives in it; the awaitable call is named."""
    with pytest.raises(CapsizeError, match="event loop"):
        run_blocking(shop(), target.host, users=1, seconds=0.5)
