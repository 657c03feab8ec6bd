"""What the audit is given: a folder, how its web process starts, and the requests that its owner names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from capsize.audit.request_line import RequestLine
from capsize.errors import CapsizeError
from capsize.stack import env_file

LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")
WEB, RELEASE = "web", "release"
ADMIN = ("migrate", "admin", "upgrade", RELEASE)  # entries of a Procfile that are run once, best name first


@dataclass(frozen=True)
class GivenApp:
    """``release`` runs once before each deploy serves, ``admin`` is a command for the people who look after the app.

    ``config`` is what the folder's .env and the caller say that deploys are configured with. ``slow`` is a request
    whose answer takes a second or so; ``write`` and ``read`` are a pair: what was written shows in what is read.
    """

    folder: Path
    start: str
    release: str = ""
    admin: str = ""
    slow: RequestLine | None = None
    write: RequestLine | None = None
    read: RequestLine | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    python: Path | None = None

    @property
    def name(self) -> str:
        return self.folder.name


def read(
    path: Path,
    *,
    start: str = "",
    admin: str = "",
    slow: str = "",
    write: str = "",
    read: str = "",
    env: Mapping[str, str] | None = None,
    python: Path | None = None,
) -> GivenApp:
    """Read an app's folder. Raise CapsizeError where it is none, or where nothing says how the app starts."""
    folder = path.expanduser().absolute()
    if not folder.is_dir():
        raise CapsizeError(f"there is no folder {path}", expected="the folder of an app")
    entries = procfile(folder)
    if not (start or entries.get(WEB)):
        words = "nothing says how the app starts"
        raise CapsizeError(words, place=folder, expected=EXPECTED, next=f"capsize audit {path} --start '…'")
    asked = {"--slow": slow, "--write": write, "--read": read}
    questions = {option: RequestLine.read(words, option) for option, words in asked.items() if words}
    return GivenApp(
        folder,
        start or entries[WEB],
        entries.get(RELEASE, ""),
        admin or next((entries[name] for name in ADMIN if name in entries), ""),
        questions.get("--slow"),
        questions.get("--write"),
        questions.get("--read"),
        config={**_dotenv(folder), **(env or {})},
        python=python,
    )


EXPECTED = "a Procfile with a line such as web: gunicorn app:app --bind 0.0.0.0:$PORT"


def procfile(folder: Path) -> dict[str, str]:
    """Read the process types of a folder's Procfile; none where there is no such file."""
    file = folder / "Procfile"
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    found = (LINE.fullmatch(line.strip()) for line in lines if not line.lstrip().startswith("#"))
    return {line["name"]: line["command"] for line in found if line}


def _dotenv(folder: Path) -> dict[str, str]:
    file = folder / ".env"
    return env_file.read(file, {}) if file.is_file() else {}
