"""XI: events go to the standard output as they happen, and to no file."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from capsize.audit import outside, releases
from capsize.audit.deploy import Deploy
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.judgement import Judgement
from capsize.audit.request_line import RequestLine
from capsize.audit.subject import Subject
from capsize.audit.visitor import HOME

FACTOR = BY_NUMERAL["XI"]
DID = "asked for a path that nobody else asks for, and looked for it in its output and in the files that it wrote"
ASKED = 3  # times


async def judge(subject: Subject) -> Judgement:
    """Judge by files that name the request or that grow with each: a log file fails, standard error is a remark."""
    web = subject.web
    before = releases.size(web.home, web.changed())
    seen = f"audit-{secrets.token_hex(6)}"
    for question in [RequestLine("GET", f"/{seen}"), *[subject.given.read or HOME] * ASKED]:
        await web.ask(question)
    files = [name for name in web.changed() if _is_log(web, name, seen, before)]
    elsewhere = [path for path in outside.written(web) if _names(Path(path), seen)]
    evidence = (_count("standard output", web.stdout, seen), _count("standard error", web.stderr, seen))
    control = f"it answered meanwhile: {(await web.ask()).status}"
    if files or elsewhere:
        because = f"it writes a log to a file: {', '.join(dict.fromkeys([*files, *elsewhere]))}"
        return Judgement(FACTOR, "fails", because, DID, control, (*evidence, *_last_line(web, files)))
    if not (web.stdout or web.stderr):
        return Judgement(FACTOR, "unjudged", "it wrote nothing at all, to no output and to no file", DID, control)
    because = "it writes to its output while it runs, and to no log file"
    return Judgement(FACTOR, "holds", because, DID, control, evidence, tuple(_remarks(web, seen)))


def _is_log(web: Deploy, name: str, seen: str, before: dict[str, int]) -> bool:
    """Say whether a file is a text that names the request, is called a log, or grew while it was only read."""
    file = web.home / name
    if not file.is_file() or not _is_text(file):
        return False
    grew = name in before and file.stat().st_size > before[name]
    return grew or _names(file, seen) or (file.suffix == ".log" and file.stat().st_size > 0)


def _is_text(file: Path) -> bool:
    try:
        return b"\0" not in file.read_bytes()[:4096]
    except OSError:
        return False


def _names(file: Path, seen: str) -> bool:
    try:
        return file.is_file() and _is_text(file) and seen.encode() in file.read_bytes()
    except OSError:
        return False


def _count(name: str, lines: list[str], seen: str) -> str:
    about = sum(seen in line for line in lines)
    return f"{name}: {len(lines)} lines, {sum(map(_is_json, lines))} of them JSON, {about} about the request"


def _last_line(web: Deploy, files: list[str]) -> tuple[str, ...]:
    texts = [(web.home / name).read_text(encoding="utf-8", errors="replace").splitlines() for name in files[:1]]
    return tuple(line for text in texts for line in text[-1:])


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _remarks(web: Deploy, seen: str) -> list[str]:
    lines = [*web.stdout, *web.stderr]
    found = {
        "it says nothing about the request": not any(seen in line for line in lines),
        "what it says of the request goes to its standard error, which containers collect too": any(
            seen in line for line in web.stderr
        ),
        "its lines are text for people; JSON is easier to search": not all(map(_is_json, lines)),
    }
    return [words for words, is_so in found.items() if is_so]
