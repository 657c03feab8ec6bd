"""Measuring, teaching and looking after: load, slides, notebooks, doctor."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsize.cli.words import AsJson, Code, Which, here, panel, say_json, say_table
from capsize.notebooks.commands import app as notebooks

if TYPE_CHECKING:
    from capsize.course.lab import Lab
    from capsize.doctor import Row


def add_to(app: typer.Typer) -> None:
    panel(app, "Measure")()(load)
    panel(app, "Teach")()(slides)
    app.add_typer(notebooks, name="notebooks", rich_help_panel="Look after")
    panel(app, "Look after")()(doctor)


def load(
    which: Which,
    users: Annotated[int, typer.Option(help="How many customers at once.")] = 20,
    seconds: Annotated[float, typer.Option(help="How long.")] = 10,
    rate: Annotated[float | None, typer.Option(help="Requests per second, all together; else a closed loop.")] = None,
    code: Code = None,
    csv: Annotated[Path | None, typer.Option(help="Write the buckets to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Send customers to a lab's stack and report what came of it; Ctrl-C keeps what was measured.

    Loads the stack of that lab that is up; starts one for the time where none is, or where --code names the files.

    Examples:  capsize load 01 --users 50 --seconds 10  ·  capsize load 01 --rate 200 --csv load.csv
    """
    lab = here().lab(which, code)
    report = _load(lab, own=code is not None, users=users, seconds=seconds, rate=rate)
    if csv:
        report.to_csv(csv)
    if as_json:
        say_json(report.to_json())
    else:
        print(report.show(), *(f"{at:6.1f} s  {what}" for at, what in report.marks), sep="\n")


def slides(
    which: Which,
    port: Annotated[int, typer.Option(help="0 asks for a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Show a lab's deck, with the network unplugged too; Ctrl-C ends it.

    Examples:  capsize slides 01  ·  capsize slides 01 --no-browser
    """
    from capsize.slides import serve

    lab = here().lab(which)
    serve(lab.slug, port, browser, root=lab.rooms.root)


def doctor(as_json: AsJson = False) -> None:
    """Start every part once and say what does not work, and what to type. Exit code 1 if the labs cannot run.

    Examples:  capsize doctor  ·  capsize doctor --json
    """
    from capsize.doctor import examine

    rows = examine()
    can_run = all(row.ok for row in rows if row.required)
    if as_json:
        say_json({"ok": can_run, "rows": [asdict(row) for row in rows]})
    else:
        say_table(("what", "", "found", "type"), [(row.name, _mark(row), row.found, row.next) for row in rows])
        print("the labs run on this machine" if can_run else "the labs do not run here yet: see the rows marked no")
    raise typer.Exit(0 if can_run else 1)


def _mark(row: Row) -> str:
    return "ok" if row.ok else "no" if row.required else "optional"


def _load(lab: Lab, own: bool, **order: Any) -> Any:
    from capsize.load import run_blocking
    from capsize.session import remote_control as control

    here = [stack for stack in control.running() if stack.name == lab.slug]
    if own or not here:
        with lab:
            return lab.load(**order)
    remote = here[-1]
    url = control.door(remote.ask(do="urls"))
    return run_blocking(lab.rooms.load_file, url, marks=lambda: remote.ask(do="marks"), **order)
