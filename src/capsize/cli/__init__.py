"""The kit's verbs for a terminal. Each command imports what it needs when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import sys
from typing import Annotated

from capsize import surroundings
from capsize.errors import CapsizeError

COULD_NOT = 2
try:
    surroundings.check()
except CapsizeError as hindrance:  # said before the imports below, which it would make fail
    print(hindrance, file=sys.stderr)
    sys.exit(COULD_NOT)

import typer  # noqa: E402

from capsize.cli import auditing, breaking, learning, predicting, reviewing, running, tools  # noqa: E402

__all__ = ["app", "main"]

app = typer.Typer(
    name="capsize",
    help="Sink one small shop, and make it float again.\n\nBegin with: [bold]capsize lab[/bold]",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(asked: bool) -> None:
    if asked:
        from importlib import metadata

        print(f"capsize {metadata.version('capsize')}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which it is.")]


@app.callback()
def root(version: Version = False) -> None:
    """Take what stands before the command."""


for group in (learning, predicting, reviewing, running, breaking, auditing, tools):
    group.add_to(app)


def main() -> None:
    """Run a command. An error is told in its own lines, never as a traceback, and exits 2."""
    try:
        app()
    except CapsizeError as error:
        print(error, file=sys.stderr)
        sys.exit(COULD_NOT)
    except BrokenPipeError:  # the reader, ``head`` say, has seen enough
        sys.stdout = None
        sys.exit(0)
    except Exception as error:  # ours: a script must not take it for a refusal, which is 1
        from capsize.cli.crash import report

        report(error)
        sys.exit(COULD_NOT)
