"""``capsize notebooks new|update|check``: labs made, and their notebooks run, written, and held to the rules."""

# What runs a notebook takes 1 s to import, and is imported where it is used: `capsize --help` need not wait for it.
from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.course.lab_paths import Rooms

app = typer.Typer(no_args_is_help=True, help="Make a lab, and check or update notebooks, for those who write them.")
Slugs = Annotated[list[str] | None, typer.Argument(help="Which labs: every one that has a notebook, by default.")]


@app.command("new")
def _new(slug: Annotated[str, typer.Argument(help="Two digits and a name, such as 19_name.")]) -> None:
    """Make a small lab that works, in all its rooms, for you to replace piece by piece.

    Examples:  capsize notebooks new 19_name
    """
    raise typer.Exit(new(slug))


@app.command("update")
def _update(
    slugs: Slugs = None,
    pictures: Annotated[bool, typer.Option("--pictures", help="Take every picture and changing figure anew.")] = False,
) -> None:
    """Run notebooks against the solutions, and write them in their canonical form.

    Examples:  capsize notebooks update  ·  capsize notebooks update 01 --pictures
    """
    raise typer.Exit(update(slugs or (), pictures=pictures))


@app.command("check")
def _check(
    slugs: Slugs = None,
    runs: Annotated[
        int, typer.Option(min=0, help="How often nbval runs each and compares; 0 looks at the file alone.")
    ] = 1,
    same: Annotated[bool, typer.Option("--same", help="Execute each once more: no byte may change.")] = False,
) -> None:
    """Hold notebooks to the form and the house rules, and run them by nbval.

    Examples:  capsize notebooks check  ·  capsize notebooks check 01 --runs 0
    """
    raise typer.Exit(check(slugs or (), runs=runs, same=same))


def new(slug: str) -> int:
    """Make a lab and run its notebook. Raises CapsizeError if the slug is not valid or taken."""
    from capsize.course import Course
    from capsize.notebooks.new_lab import create

    root = Course.here().root
    for file in create(root, slug):
        typer.echo(f"{file.relative_to(root)}: made")
    trouble = update([slug])
    typer.echo("  next: grep -rn 'REPLACE THIS' labs starter docker slides tests")
    return trouble


def update(slugs: Sequence[str] = (), *, pictures: bool = False) -> int:
    """Execute notebooks and write them; 1 where a cell fails (its file stays as it is) or a rule is broken."""
    return _each(slugs, lambda rooms: _updated(rooms, pictures))


def check(slugs: Sequence[str] = (), *, runs: int = 1, same: bool = False) -> int:
    """Say what is wrong with notebooks: by the rules, by ``runs`` runs of nbval, and by one more execution."""
    return _each(slugs, lambda rooms: _checked(rooms, runs, same))


def _each(slugs: Sequence[str], act: Callable[[Rooms], Iterator[str]]) -> int:
    from capsize.course import Course
    from capsize.course.lab_paths import Rooms

    course = Course.here()
    chosen = [Rooms(course.root, course.slug(slug)) for slug in slugs or course.slugs]
    chosen = [rooms for rooms in chosen if slugs or rooms.notebook.exists()]
    if not chosen:
        typer.echo("there is no notebook in labs/, so that nothing was checked")
    return max([_one(rooms, act) for rooms in chosen], default=1)


def _one(rooms: Rooms, act: Callable[[Rooms], Iterator[str]]) -> int:
    trouble = 0
    try:
        for words in act(rooms):
            typer.echo(words)
            trouble += 1
    except CapsizeError as error:
        typer.echo(str(error))
        trouble += 1
    typer.echo(f"{rooms.short(rooms.notebook)}: {f'{trouble} to fix' if trouble else 'good'}")
    return 1 if trouble else 0


def _updated(rooms: Rooms, pictures: bool) -> Iterator[str]:
    from capsize.notebooks.lint import lint
    from capsize.notebooks.update import update

    changed = update(rooms, pictures=pictures)
    typer.echo(f"{rooms.short(rooms.notebook)}: {'written anew' if changed else 'no byte changed'}")
    yield from map(str, lint(rooms))


def _checked(rooms: Rooms, runs: int, same: bool) -> Iterator[str]:
    from capsize.notebooks.lint import lint
    from capsize.notebooks.replay import replay

    yield from map(str, lint(rooms))
    for number in range(1, runs + 1):
        run = replay(rooms)
        if not run.passed:
            yield f"{rooms.short(rooms.notebook)}: run {number} of {runs} by nbval shows something else:\n{run.report}"
    if same:
        yield from _differences(rooms)


def _differences(rooms: Rooms) -> Iterator[str]:
    from capsize.notebooks.update import updated

    before, after = rooms.notebook.read_text(encoding="utf-8").splitlines(), updated(rooms).splitlines()
    lines = list(islice(difflib.unified_diff(before, after, "committed", "executed once more", lineterm="", n=1), 40))
    if lines:
        yield "\n".join([f"{rooms.short(rooms.notebook)}: another run changes the file:", *lines])
