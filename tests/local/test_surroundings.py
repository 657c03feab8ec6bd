"""A shell in which the kit cannot work is told so in words, with what to type; a strange one changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from the_course import ROOT

from capsize.errors import CapsizeError
from capsize.runtime.host.processes.client import import_path
from capsize.runtime.host.processes.run_dir import RUN_DIR, run_dir


def capsize(*words: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the kit."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "capsize.cli", *words],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        encoding="utf-8",
    )


def test_a_module_that_hides_python_s_own_is_named(tmp_path: Path):
    """A json.py in PYTHONPATH ends a command with its path and what to type, not in a traceback."""
    (tmp_path / "json.py").write_text("")
    done = capsize("labs", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == f"{tmp_path}/json.py hides Python's own module json"
    assert done.stderr.splitlines()[-1] == "  next: unset PYTHONPATH"


def test_a_broken_sitecustomize_stops_nothing(tmp_path: Path):
    """Python says that a sitecustomize is broken; the command does its work."""
    (tmp_path / "sitecustomize.py").write_text("raise RuntimeError('broken')\n")
    done = capsize("labs", PYTHONPATH=str(tmp_path))
    assert (done.returncode, "01_monolith" in done.stdout) == (0, True)


def test_a_deleted_working_folder_is_said(tmp_path: Path):
    """A command in a folder that somebody has deleted says so."""
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", 'rmdir "$1" && exec "$2" -P -m capsize.cli labs', "sh", str(gone), sys.executable],
        cwd=gone,
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (2, "the folder in which you are was deleted\n  next: cd\n")


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("runs", "is not an absolute path"),
        ("/tmp/" + "ö" * 31, "has a path of 67 bytes"),
        ("/tmp/there-is-no-such-folder", "is not a folder"),
        ("/dev/null", "is not a folder"),
    ],
)
def test_a_run_folder_that_cannot_be_is_refused(named: str, words: str, monkeypatch: pytest.MonkeyPatch):
    """CAPSIZE_RUN_DIR names a short, absolute, existing folder, or is refused with a line to type."""
    monkeypatch.setenv(RUN_DIR, named)
    with pytest.raises(CapsizeError, match=f"^{RUN_DIR} {words}") as refused:
        run_dir()
    assert refused.value.next == f"export {RUN_DIR}=/tmp"


def test_services_do_not_see_the_shell_s_python_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What PYTHONPATH adds for this process is not where services look for modules."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert str(tmp_path) not in import_path()


HOSTILE = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), "http://127.0.0.1:9"),
    **dict.fromkeys(("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"), "/nothing"),
    **{"PGSSLMODE": "require", "PGTARGETSESSIONATTRS": "standby", "PGHOST": "nowhere", "PGPORT": "1"},
}
CELL = """
import asyncio, asyncpg, capsize, httpx
from pathlib import Path

shop = capsize.lab("06", "solutions").up()
with httpx.Client(base_url=shop.url(), follow_redirects=True, timeout=30, trust_env=False) as browser:
    place = browser.post("/drawings", params={"name": "flag.png"}).json()
    browser.put(place["put"], content=b"x").raise_for_status()
    print(browser.get(f"/drawings/{place['key']}").status_code)

async def count():
    db = await asyncpg.connect(shop.dsn("db"))
    print(await db.fetchval("SELECT 1"))
    await db.close()

asyncio.run(count())
shop.down()
"""


def test_a_lab_runs_behind_a_proxy(tmp_path: Path):
    """With a shell's proxies, certificates and PG variables, a lab's stack starts, and its cells reach it."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", CELL],
        cwd=ROOT,
        env={**os.environ, **HOSTILE},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.split() == ["200", "1"], done.stderr


def test_a_check_judges_behind_a_proxy():
    """With the same variables a right answer passes."""
    done = capsize("check", "6.1", "--code", "solutions/06_stateless", cwd=ROOT, **HOSTILE)
    assert done.returncode == 0, done.stdout + done.stderr
