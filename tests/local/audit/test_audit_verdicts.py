"""Each factor on an app that keeps all twelve, and on the same app with one thing changed that breaks it."""

from __future__ import annotations

import socket

import pytest
from audited_apps import change, children, contents, lay, run_folders, swap

from capsize import audit

REQUESTS = {"slow": "/report", "write": "POST /notes?text=lamp", "read": "/notes"}
SERVES = 'Server(("0.0.0.0", int(os.environ["PORT"])), Handler)'
LOGS = 'print(json.dumps({"event": words % values}), flush=True)'
STARTS = 'print(json.dumps({"event": "serving"}), flush=True)'
SHOWS = 'if path == "/report":'
STOPS = "signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())"
ONCE = 'open("app.pid", "x").close()'

# what is changed: the file, what it says, what it says then; the factors that it breaks, and words of the verdict
BROKEN = {
    "needs a package that nothing declares": (
        ("notes.py", "import socket\n", "import socket\n\nimport rich\n"),
        {"II": "No module named 'rich'"},
    ),
    "listens on loopback alone": (("app.py", '"0.0.0.0"', '"127.0.0.1"'), {"VII": "127.0.0.1 alone"}),
    "drops what is in flight": (
        ("app.py", "daemon_threads = False", "daemon_threads = True"),
        {"IX": "loses the request that is in flight"},
    ),
    "does not end": (("app.py", STOPS, "signal.signal(signal.SIGTERM, lambda *_: None)"), {"IX": "is still there"}),
    "leaves a file that its next start stumbles over": (
        ("app.py", STARTS, f"{STARTS}\n    {ONCE}"),
        {"IX": "after a sudden death it does not start", "V": "a run writes into its release: app.pid"},
    ),
    "writes its log to a file": (
        ("app.py", LOGS, f'{LOGS}\n        print(words % values, file=open("notes.log", "a"))'),
        {"XI": "notes.log"},
    ),
    "counts visits in a file of its release": (
        ("app.py", SHOWS, f'open("visits.bin", "ab").write(bytes(1))\n        {SHOWS}'),
        {"V": "visits.bin"},
    ),
    "runs a server for development": (
        ("app.py", STARTS, f'{STARTS}\n    print("This is a development server.", flush=True)'),
        {"X": "for development"},
    ),
    "starts anew whenever a file is saved": (
        ("app.py", STARTS, f'{STARTS}\n    print("INFO:     Started reloader process [7]", file=sys.stderr)'),
        {"X": "for development"},
    ),
    "has an admin command that fails": (
        ("migrate.py", 'notes.ask("SET", "form", "1")', "raise SystemExit(3)"),
        {"XII": "exit code 3"},
    ),
    "has an admin command for another database": (
        (
            "migrate.py",
            'notes.ask("SET", "form", "1")',
            'import sqlite3\n\nsqlite3.connect("old.db").execute("VACUUM")',
        ),
        {"XII": "it works on release/old.db, and the web process on REDIS_URL"},
    ),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Audit the app that keeps all twelve, once: the result, and what was there before and after it."""
    folder = lay("keeper", tmp_path_factory.mktemp("kept"))
    before = contents(folder), children(), run_folders()
    found = audit.run_blocking(folder, **REQUESTS)
    return found, before, (contents(folder), children(), run_folders())


@pytest.fixture
def keeper(tmp_path):
    """Lay the app that keeps all twelve."""
    return lay("keeper", tmp_path)


def judged(folder, *numerals, **changed):
    """Audit some factors; return the judgements by numeral."""
    found = audit.run_blocking(folder, only=numerals, **{**REQUESTS, **changed})
    return {one.factor.numeral: one for one in found.judgements}


def test_app_that_keeps_all_twelve_passes(kept):
    """Twelve hold, and the exit code is 0: every experiment can come out well."""
    found, _, _ = kept
    assert not [f"{one.factor.numeral}: {one.because}" for one in found.judgements if one.verdict != "holds"]
    assert found.exit_code == 0


def test_audit_changes_nothing_and_leaves_nothing(kept):
    """The app's folder is as it was, and no process and no folder of the audit is left."""
    _, before, after = kept
    assert after == before


@pytest.mark.parametrize("breach", BROKEN)
def test_app_that_breaks_a_factor_fails_it(breach, keeper):
    """The factor that one change breaks fails, for that reason."""
    changed, expected = BROKEN[breach]
    change(keeper, *changed)
    found = judged(keeper, *expected)
    assert {numeral: one.verdict for numeral, one in found.items()} == dict.fromkeys(expected, "fails")
    assert not [one.because for numeral, one in found.items() if expected[numeral] not in one.because]


def test_database_in_a_file_fails_what_depends_on_it(keeper):
    """Notes in a file of SQLite beside the code: no variable names it, no URL moves it, no other process has it."""
    swap(keeper, "notes_in_a_file.py", "notes.py")
    found = judged(keeper, "III", "IV", "V", "VI")
    assert {one.verdict for one in found.values()} == {"fails"}
    assert all("notes.db" in found[numeral].because for numeral in ("III", "IV", "V"))


def test_state_in_memory_fails_processes_alone(keeper):
    """Notes in memory: another process does not have them, and there is no backing service to judge."""
    swap(keeper, "notes_in_memory.py", "notes.py")
    found = judged(keeper, "III", "IV", "VI")
    assert [found[numeral].verdict for numeral in ("III", "IV", "VI")] == ["unjudged", "unjudged", "fails"]


def test_another_kind_of_database_by_default_fails_parity(keeper):
    """SQLite where no variable is set and Redis where one is: both work, and are not the same."""
    (keeper / "notes.py").rename(keeper / "notes_in_redis.py")
    swap(keeper, "notes_in_a_file.py", "notes_in_a_file.py")
    swap(keeper, "notes_by_default_in_a_file.py", "notes.py")
    found = judged(keeper, "III", "IV", "X")
    assert [found[numeral].verdict for numeral in ("III", "IV", "X")] == ["holds", "holds", "fails"]
    assert "notes.db" in found["X"].because


def test_fixed_port_fails_port_binding_and_concurrency(keeper):
    """A port in the code: PORT is ignored, and a second copy finds it taken."""
    with socket.socket() as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    change(keeper, "app.py", SERVES, f'Server(("0.0.0.0", {port}), Handler)')
    found = judged(keeper, "VII", "VIII")
    assert {one.verdict for one in found.values()} == {"fails"}
    assert found["VII"].because == f"it listens at port {port}, whatever PORT says"
    assert "a second copy does not start beside the first" in found["VIII"].because


def test_app_that_runs_once_on_a_machine_is_judged_alone(keeper, tmp_path):
    """A lock lets no second copy start beside the first: that fails VIII alone, and the rest is judged in turns."""
    (tmp_path / "lock").touch()
    once = f'import fcntl; lock = open("{tmp_path}/lock"); fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)'
    change(keeper, "app.py", STARTS, f"{once}\n    {STARTS}")
    found = judged(keeper, "III", "IV", "V", "VI", "VIII", "IX")
    failing = {numeral: one.because for numeral, one in found.items() if one.verdict != "holds"}
    assert failing.keys() == {"VIII"}, failing
    swap(keeper, "notes_in_memory.py", "notes.py")
    assert judged(keeper, "VI")["VI"].verdict == "fails"


def test_shell_that_does_not_hand_the_signal_on_is_named(keeper):
    """The app would finish, but the signal goes to the shell of its command: what is lost is the shell's doing."""
    found = judged(keeper, "IX", start="cd . && python app.py; true")["IX"]
    assert found.verdict == "fails"
    assert "its command runs in a shell" in found.because


def test_file_that_is_not_in_the_commit_fails_codebase(keeper):
    """The folder starts, and its commit does not: what is missing is named."""
    change(keeper, "notes.py", "import socket\n", "import socket\n\nimport local_settings\n")
    (keeper / "local_settings.py").write_text("")
    found = judged(keeper, "I")["I"]
    assert found.verdict == "fails"
    assert "not in the commit: local_settings.py" in found.evidence
