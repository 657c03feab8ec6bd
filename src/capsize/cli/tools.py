"""Measuring, teaching and looking after: load, slides, notebooks, doctor."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsize.cli.named import named
from capsize.cli.words import AsJson, Code, LabOrPath, Python, Which, here, panel, say_json, say_table
from capsize.errors import CapsizeError
from capsize.notebooks.commands import app as notebooks

if TYPE_CHECKING:
    from capsize.course.lab import Lab
    from capsize.doctor import Row
    from capsize.session.own_stack import OwnStack


def add_to(app: typer.Typer) -> None:
    panel(app, "Measure")()(load)
    panel(app, "Teach")()(slides)
    app.add_typer(notebooks, name="notebooks", rich_help_panel="Look after")
    panel(app, "Look after")()(doctor)


def load(
    which: LabOrPath,
    users: Annotated[int, typer.Option(help="How many customers at once.")] = 20,
    seconds: Annotated[float, typer.Option(help="How long.")] = 10,
    rate: Annotated[float | None, typer.Option(help="Requests per second, all together; else a closed loop.")] = None,
    file: Annotated[Path | None, typer.Option(help="The customers: a Locust file, in place of the lab's own.")] = None,
    to: Annotated[str | None, typer.Option(help="The published service, where it is not the first.")] = None,
    code: Code = None,
    python: Python = None,
    csv: Annotated[Path | None, typer.Option(help="Write the buckets to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Send customers to a lab's stack, or one of your own, and report what came of it; Ctrl-C keeps what was measured.

    Loads the stack that is up; starts one for the time where none is, or where --code names the files. A stack of your
    own needs a Locust file: --file, or locustfile.py beside it.

    Examples:  capsize load 01 --users 50 --seconds 10  ·  capsize load 01 --rate 200 --csv load.csv  ·
    capsize load ~/shop --file locustfile.py
    """
    stack = named(which, code=code, python=python)
    customers = file or _customers(stack, which)
    is_new = code is not None or python is not None
    report = _load(stack, customers, to, is_new=is_new, users=users, seconds=seconds, rate=rate)
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
    agenda: Annotated[bool, typer.Option(help="Only list the minute of each slide and exercise.")] = False,
    demo: Annotated[bool, typer.Option(help="Prepare work/demo first: solved files, nothing predicted.")] = False,
) -> None:
    """Show a lab's deck, with the network unplugged too; Ctrl-C ends it.

    With --demo the notebook of the demos is made beside your own, anew each time: files solved, predictions empty.

    Examples:  capsize slides 01  ·  capsize slides 01 --demo  ·  capsize slides 01 --agenda
    """
    from capsize.slides import prepare_demo, say_agenda, serve

    lab = here().lab(which)
    if agenda:
        return say_agenda(lab.rooms)
    if demo:
        notebook = lab.rooms.short(prepare_demo(lab.rooms))
        print(f"the demos are in {notebook}\n  in a second terminal: make lab LAB={notebook}")
    return serve(lab.slug, port, browser, root=lab.rooms.root)


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


def _customers(stack: Lab | OwnStack, which: str) -> Path:
    """Return the Locust file that a stack has by default. Raise CapsizeError where one of your own has none."""
    from capsize.session.own_stack import OwnStack

    if stack.locustfile.is_file() or not isinstance(stack, OwnStack):
        return stack.locustfile
    words, beside = "nothing says what the customers do", f"a Locust file, or {stack.locustfile}"
    raise CapsizeError(words, expected=beside, next=f"capsize load {which} --file locustfile.py")


def _load(stack: Lab | OwnStack, customers: Path, to: str | None, *, is_new: bool, **order: Any) -> Any:
    from capsize.load import run_blocking
    from capsize.session import remote_control as control

    here = [remote for remote in control.running() if remote.runs(stack.file)]
    if not is_new and here:
        url = control.door(here[-1].ask(do="urls"), to)
        return run_blocking(customers, url, marks=lambda: here[-1].ask(do="marks", to=to), **order)
    with contextlib.ExitStack() as undo:
        undo.callback(stack.down)
        running = stack.up()
        url = control.door(control.urls(running), to)
        return run_blocking(customers, url, marks=lambda: running.marks(to), **order)
