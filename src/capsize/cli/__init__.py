"""The kit's verbs for a terminal. Each command imports what it needs when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import sys

from capsize import surroundings
from capsize.errors import CapsizeError

COULD_NOT = 2
try:
    surroundings.check()
except CapsizeError as hindrance:  # said before the imports below, which it would make fail
    print(hindrance, file=sys.stderr)
    sys.exit(COULD_NOT)

import typer  # noqa: E402

from capsize.cli import breaking, learning, running, tools  # noqa: E402

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
for group in (learning, running, breaking, tools):
    group.add_to(app)


def main() -> None:
    """Run a command. An error that the kit knows is told in its own lines, never as a traceback."""
    try:
        app()
    except CapsizeError as error:
        print(error, file=sys.stderr)
        sys.exit(COULD_NOT)
    except BrokenPipeError:  # the reader, ``head`` say, has seen enough
        sys.stdout = None
        sys.exit(0)
