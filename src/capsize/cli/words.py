"""What several commands say in the same way: options, tables, JSON, a verdict."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from capsize.check.verdict import Verdict
    from capsize.course import Course
    from capsize.course.lab import Lab

Which = Annotated[str, typer.Argument(metavar="LAB", help="A slug, a number or a name: 01_monolith, 01, monolith.")]
LabOrPath = Annotated[
    str,
    typer.Argument(
        metavar="LAB|PATH",
        help="A lab (01_monolith, 01), or a stack of your own: a Compose file, a manifest, or the folder of one.",
    ),
]
Python = Annotated[
    Path | None,
    typer.Option(help="For a stack of your own: the Python that runs it, or its environment's folder (.venv)."),
]
Code = Annotated[
    str | None,
    typer.Option(help="Whose files run: work (yours), starter, solutions, or a folder.", show_default="work"),
]
On = Annotated[str, typer.Option(help="What runs it: processes, or docker for containers.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a script.")]
StackName = Annotated[
    str | None,
    typer.Option("--stack", help="Which stack, where several are up: a lab, a path or a pid (see capsize ps)."),
]
COLOURS = {"passed": "green", "refused": "yellow", "unjudged": "magenta"}


def panel(app: typer.Typer, title: str) -> Callable[..., Any]:
    """Return the decorator that adds a command under a heading of the help."""

    def command(name: str | None = None) -> Any:
        return app.command(name, rich_help_panel=title)

    return command


def here() -> Course:
    """Open the course that this folder belongs to."""
    from capsize.course import Course

    return Course.here()


def say_json(words: object) -> None:
    """Print one line of JSON, at once, also into a pipe."""
    print(json.dumps(words), flush=True)


def say_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str | None = None) -> None:
    """Print rows under their columns; the last column may wrap, the others do not."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=name != columns[-1])
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    console.width = console.width if sys.stdout.isatty() else 160
    console.print(table)


def say_verdict(verdict: Verdict) -> None:
    """Print a verdict's headline and its five parts."""
    headline, *parts = verdict.text.splitlines()
    typer.secho(f"{headline}  ({verdict.seconds:.1f} s)", fg=COLOURS[verdict.status], bold=True)
    for line in parts:
        print(line)


def say_notice(lab: Lab) -> None:
    """Say on stderr that starter/ changed since the learner began, if it did."""
    if lab.is_own_work and (notice := lab.workspace.notice()):
        print(notice, file=sys.stderr)
