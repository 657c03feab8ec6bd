"""Apps that are configured by their environment: what they ask for they get, and where it cannot be had is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from audited_apps import change, lay, swap

from capsize import audit

REQUESTS = {"slow": "/report", "write": "POST /notes?text=lamp", "read": "/notes"}
OWN = Path(sys.executable)


@pytest.fixture
def keeper(tmp_path):
    """Lay the app that keeps all twelve."""
    return lay("keeper", tmp_path)


def judged(folder, *numerals, **settings):
    """Audit some factors; return the judgements by numeral."""
    found = audit.run_blocking(folder, only=numerals, **settings)
    return {one.factor.numeral: one for one in found.judgements}


def test_app_that_asks_for_postgresql_is_given_one(tmp_path):
    """DATABASE_URL has no value: each deploy gets a server of its own, and the release command makes its table."""
    folder = lay("ledger", tmp_path)
    requests = {"write": "POST /entries?text=lamp", "read": "/entries/{id}"}
    found = judged(folder, "III", "IV", "VI", "X", "XII", python=OWN, **requests)
    assert not [one for one in found.values() if one.verdict != "holds"]
    assert found["IV"].because.startswith("DATABASE_URL alone decides which one it uses")


def test_database_that_dotenv_names_is_never_met(keeper):
    """The URL in .env leads nowhere, and the app works: it was given another server under that name."""
    (keeper / ".env").write_text("REDIS_URL=redis://user:word@127.0.0.1:1/0\n")
    assert judged(keeper, "VI", **REQUESTS)["VI"].verdict == "holds"


def test_variable_that_names_a_file_of_sqlite_is_tried(keeper):
    """The database is a file whose place a variable decides, which has a default: no address is in the code."""
    swap(keeper, "notes_in_a_file.py", "notes.py")
    change(keeper, "notes.py", '"notes.db"', '__import__("os").environ.get("NOTES_PATH", "notes.db")')
    found = judged(keeper, "III", "IV", "VI", **REQUESTS)
    assert [found[numeral].verdict for numeral in ("III", "IV", "VI")] == ["holds", "holds", "fails"]
    assert found["III"].because == "NOTES_PATH decides which file is its database"
    assert found["IV"].because.startswith("NOTES_PATH alone decides which one it uses")


def test_url_of_sqlite_is_swapped_for_another(keeper):
    """The URL in .env names a file of SQLite: the second deploy gets that of another file."""
    (keeper / ".env").write_text("NOTES_URL=sqlite:///notes.db\n")
    swap(keeper, "notes_in_a_file.py", "notes.py")
    change(keeper, "notes.py", '"notes.db"', '__import__("os").environ["NOTES_URL"].removeprefix("sqlite:///")')
    found = judged(keeper, "III", "IV", **REQUESTS)
    assert [found[numeral].verdict for numeral in ("III", "IV")] == ["holds", "holds"]
    assert "NOTES_URL" in found["III"].because


def test_secret_from_the_environment_holds(tmp_path):
    """What one deploy signed another copy takes, and a deploy with another secret does not."""
    folder = lay("flask", tmp_path)
    change(folder, "app.py", "import time\n", "import os\nimport time\n")
    change(folder, "app.py", """b'_5#y2L"F4Q8z\\n\\xec]/'""", 'os.environ["SECRET_KEY"]')
    found = judged(folder, "III", "VI", python=OWN, write="POST /cart?sku=lamp", read="/cart")
    assert [found[numeral].verdict for numeral in ("III", "VI")] == ["holds", "holds"]
    assert found["III"].because == "a deploy with another SECRET_KEY does not take what the first signed"


def test_variable_that_nobody_can_guess_is_asked_for(keeper):
    """Without it the app does not start, and the reason says what to type; with it the factor is judged."""
    change(keeper, "app.py", "import notes\n", 'import notes\n\nHARBOUR = os.environ["HARBOUR"]\n')
    without = judged(keeper, "VII")["VII"]
    assert without.verdict == "unjudged"
    assert "--env HARBOUR=…" in without.because
    assert judged(keeper, "VII", env={"HARBOUR": "north"})["VII"].verdict == "holds"


def test_app_that_does_not_start_could_not_be_judged(keeper):
    """Each factor says why, with the app's last words, and no verdict is made up."""
    found = audit.run_blocking(keeper, start="python nothing.py", only=["III", "VI", "IX", "XII"])
    assert {one.verdict for one in found.judgements} == {"unjudged"}
    assert found.exit_code == 2
    assert "nothing.py" in " ".join(found["VI"].evidence)


def test_what_is_not_named_could_not_be_judged(keeper):
    """Without requests that write, read and take long, two factors say which option is missing."""
    found = judged(keeper, "VI", "IX")
    assert {one.verdict for one in found.values()} == {"unjudged"}
    assert "--write and --read" in found["VI"].because
    assert "--slow" in found["IX"].because


def test_quick_request_is_no_slow_request(keeper):
    """The control of the request in flight: it must take a while without any signal."""
    found = judged(keeper, "IX", slow="/")["IX"]
    assert found.verdict == "unjudged"
    assert "is not a slow request" in found.because


def test_folder_without_a_commit_could_not_be_judged(keeper):
    """No repository, no verdict on the codebase."""
    (keeper / ".git").rename(keeper / "history")
    assert judged(keeper, "I")["I"].verdict == "unjudged"


def test_package_that_cannot_be_had_is_no_failure(keeper):
    """What cannot be installed on this machine says nothing about the list."""
    (keeper / "requirements.txt").write_text("a-package-that-no-index-has==1.0\n")
    found = judged(keeper, "II", python=OWN)["II"]
    assert found.verdict == "unjudged"
    assert "could not install" in found.because


def test_one_disk_under_two_copies_proves_nothing(keeper, tmp_path):
    """Both copies write to one place of the machine: that proves nothing, and what they made there is removed."""
    swap(keeper, "notes_in_a_file.py", "notes.py")
    change(keeper, "notes.py", '"notes.db"', f'"{tmp_path}/notes.db"')
    found = judged(keeper, "VI", **REQUESTS)["VI"]
    assert found.verdict == "unjudged"
    assert "notes.db, which is one disk here" in found.because
    assert not (tmp_path / "notes.db").exists()
