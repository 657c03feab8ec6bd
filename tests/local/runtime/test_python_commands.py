"""A service's ``python`` does what ``python`` does, though most are forked from an interpreter that runs already."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from capsize.runtime.host.processes.client import spawner_client

PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
TELLS = """
import sys, time, warnings
print(__name__, sys.argv[1:], sys.path[0], time.tzname[0], sys.stdout.encoding)
print(sys.flags.optimize, sys.flags.dev_mode, sys.warnoptions, hash("a") if "seed" in sys.argv else "")
"""
COMMANDS = [
    ("tells.py", "a", "-u"),
    ("-u", "tells.py"),
    ("-uB", "-m", "tells", "b"),
    ("-mtells",),
    ("-O", "tells.py"),
    ("-X", "dev", "tells.py"),
    ("-W", "error", "-m", "tells"),
    ("-I", "tells.py"),
    ("-P", "tells.py"),
    ("-s", "-E", "tells.py"),
    ("-d", "tells.py"),
    ("below/tells.py",),
    ("-c", "import sys; print(__name__, sys.argv, repr(sys.path[0]))", "x"),
    ("-uc", "import missing"),
    ("-c", "raise SystemExit('a reason')"),
    ("-c", "import sys; sys.exit(7)"),
    ("-c", "class A: pass\nimport pickle; print(type(pickle.loads(pickle.dumps(A()))) is A)"),
    ("not_there.py",),
    ("-m", "not_there"),
]
ENVIRONMENTS = [
    {"TZ": "Asia/Tokyo"},
    {"PYTHONPATH": "lib"},
    {"PYTHONHASHSEED": "0"},
    {"PYTHONWARNINGS": "error"},
    {"PYTHONOPTIMIZE": "2", "PYTHONDEVMODE": "1"},
    {"PYTHONIOENCODING": "latin-1"},
    {"LC_ALL": "C"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a program that tells how it runs, and one below it."""
    for place in (tmp_path, tmp_path / "below", tmp_path / "lib"):
        place.mkdir(exist_ok=True)
        (place / "tells.py").write_text(TELLS)
    (tmp_path / "lib" / "mylib.py").write_text("WHERE = 'lib'\n")
    return tmp_path


def forked(folder: Path, *commands: tuple[str, ...], **env: str) -> list[str]:
    """Run Python commands as the nursery does and return what each printed, and its exit code."""
    before = set(folder.glob("*.log"))

    async def run() -> list[str]:
        async with spawner_client() as nursery:
            nursery.warm(seeds=1)
            how = {"env": {**PLAIN, **env}, "cwd": folder}
            logs = [folder / f"{number}.log" for number in range(len(before), len(before) + len(commands))]
            started = [
                await nursery.spawn(("python", *words), log=log, **how)
                for words, log in zip(commands, logs, strict=True)
            ]
            codes = [await child.wait() for child in started]
            return [f"{log.read_text()}{code}" for log, code in zip(logs, codes, strict=True)]

    return anyio.run(run)


def plain(folder: Path, *words: str, **env: str) -> str:
    """Run a command as a shell does."""
    done = subprocess.run(
        [sys.executable, *words],
        env={**PLAIN, **env},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return f"{done.stdout}{done.returncode}"


def last(said: str) -> str:
    """Leave out a traceback's own lines: frames of runpy are the interpreter's affair."""
    return said[-200:].splitlines()[-1] if "Traceback" in said else said


def test_a_command_runs_as_python_runs_it(folder: Path):
    """Options, modules, texts and files: what a program sees and how it ends is what a shell's ``python`` gives."""
    said = forked(folder, *COMMANDS)
    assert [last(one) for one in said] == [last(plain(folder, *words)) for words in COMMANDS]


@pytest.mark.parametrize("env", ENVIRONMENTS, ids=lambda env: " ".join(env))
def test_a_variable_has_its_effect(folder: Path, env: dict[str, str]):
    """TZ, the locale and each PYTHON variable of a service do what they do to ``python``."""
    words = ("-m", "tells", *(["seed"] if "PYTHONHASHSEED" in env else []))
    assert forked(folder, words, **env) == [plain(folder, *words, **env)]
    if "PYTHONPATH" in env:
        assert forked(folder, ("-c", "import mylib; print(mylib.WHERE)"), **env) == ["lib\n0"]


@pytest.mark.parametrize("name", ["httpx.py", "json.py", "h11/__init__.py"])
def test_a_service_s_own_module_wins(folder: Path, name: str):
    """A file beside the program is what it imports, though the nursery has imported another of that name."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("OWN = True\n")
    module = name.partition("/")[0].removesuffix(".py")
    (folder / "app.py").write_text(f"import {module}\nprint({module}.OWN)\n")
    assert forked(folder, ("app.py",)) == ["True\n0"]


def test_copies_of_a_service_differ_in_their_hashes(folder: Path):
    """Six copies that live at once have six hash seeds, as six containers have."""
    logs = [folder / f"{number}.log" for number in range(6)]

    async def run() -> list[str]:
        async with spawner_client() as nursery:
            nursery.warm(seeds=2)
            for log in logs:
                words = ("python", "-c", "import time; print(hash('a')); time.sleep(600)")
                await nursery.spawn(words, env=PLAIN, cwd=folder, log=log, copy_of="one")
            while not all(log.read_text() for log in logs):
                await anyio.sleep(0.02)
            return [log.read_text() for log in logs]

    assert len(set(anyio.run(run))) == 6


def test_a_restart_draws_another_hash(folder: Path):
    """Who starts again does not always hash as before, once there is another warm interpreter."""
    log = folder / "one.log"

    async def restart_until_it_differs() -> None:
        words = ("python", "-c", "print(hash('a'))")
        async with spawner_client() as nursery:
            nursery.warm(seeds=2)
            with anyio.fail_after(20):
                while not log.exists() or len(set(log.read_text().split())) < 2:
                    await (await nursery.spawn(words, env=PLAIN, cwd=folder, log=log, copy_of="one")).wait()

    anyio.run(restart_until_it_differs)
    assert len(set(log.read_text().split())) == 2


def test_a_pool_by_spawn_leaves_no_bytecode(folder: Path):
    """A process that a service starts by multiprocessing's spawn writes no bytecode beside the service's files."""
    (folder / "work.py").write_text("def double(x):\n    return 2 * x\n")
    (folder / "pool.py").write_text(
        "import multiprocessing, work\n"
        "if __name__ == '__main__':\n"
        "    print(multiprocessing.get_context('spawn').Pool(1).map(work.double, [4]))\n"
    )
    assert forked(folder, ("pool.py",)) == ["[8]\n0"]
    assert not (folder / "__pycache__").exists()
