"""Judging an app of any kind by the twelve factors, in a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capsize.cli.words import AsJson, Python, panel, say_json, say_table
from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.audit import Judgement, TwelveFactors


AppFolder = Annotated[Path, typer.Argument(metavar="PATH", help="The folder of an HTTP app.")]
Start = Annotated[str, typer.Option(help="Its command, where it has no Procfile: 'python app.py'.")]
Slow = Annotated[str, typer.Option(metavar="REQUEST", help="What takes a second or so: /report.")]
Write = Annotated[str, typer.Option(metavar="REQUEST", help="What writes: 'POST /cart?sku=lamp'.")]
Read = Annotated[str, typer.Option(metavar="REQUEST", help="What shows what was written: /cart.")]
Admin = Annotated[str, typer.Option(help="A command for its administrators, where the Procfile has none.")]
Variables = Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A variable that it needs.")]
Numerals = Annotated[str, typer.Option(metavar="NUMERALS", help="Judge these alone: VI,VII,VIII.")]
ReportFile = Annotated[Path | None, typer.Option(help="Write a Markdown report to this file.")]


def add_to(app: typer.Typer) -> None:
    panel(app, "Learn")()(audit)


def audit(
    path: AppFolder,
    start: Start = "",
    slow: Slow = "",
    write: Write = "",
    read: Read = "",
    admin: Admin = "",
    env: Variables = None,
    python: Python = None,
    only: Numerals = "",
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Run any HTTP app the way a stranger would, and judge the twelve factors by experiments.

    Everything runs in copies: nothing of the app is changed, and nothing is left. Exit code 0: all hold, 1: one fails,
    2: one or more could not be judged.

    Examples:  capsize audit . --slow /report --write 'POST /cart?sku=lamp' --read /cart  ·
    capsize audit ~/shop --start 'python app.py' --report audit.md
    """
    words = {"start": start, "slow": slow, "write": write, "read": read, "admin": admin}
    found = _judged(path, words, env or [], python, only)
    if report:
        report.write_text(found.markdown, encoding="utf-8")
    say_json(found.to_json()) if as_json else _say(found)
    raise typer.Exit(found.exit_code)


def _judged(path: Path, words: dict[str, str], env: list[str], python: Path | None, only: str) -> TwelveFactors:
    from capsize.audit import run_blocking
    from capsize.session.own_stack import interpreter

    numerals = [numeral.strip().upper() for numeral in only.split(",") if numeral.strip()]
    own = {"python": interpreter(python) if python else None, "env": dict(map(_variable, env)), "only": numerals}
    try:
        return run_blocking(path, **words, **own, on_judgement=_say_progress)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _variable(words: str) -> tuple[str, str]:
    name, equals, value = words.partition("=")
    if not (name and equals):
        raise CapsizeError("--env is not a variable", expected="--env NAME=VALUE", got=words)
    return name, value


def _say_progress(one: Judgement) -> None:
    """Say on a terminal what is known so far; the table comes at the end."""
    if sys.stderr.isatty():
        print(f"{one.factor.numeral:<5}{one.words}", file=sys.stderr)


def _say(found: TwelveFactors) -> None:
    say_table(("factor", "verdict", "what was seen"), found.rows)
    print(found.headline)
