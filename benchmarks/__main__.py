"""Measure, each figure told as it comes: ``python -m benchmarks [PART …] [--rounds N] [--json]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import containers, driver, edge, labs, stack, starting, verdicts
from benchmarks.figure import Figure

WIDTH = 130
PARTS: dict[str, Callable[[int], Iterator[Figure]]] = {
    "stack": stack.measure,
    "labs": labs.measure,
    "starting": starting.measure,
    "containers": containers.measure,
    "edge": edge.measure,
    "verdicts": verdicts.measure,
    "load": driver.measure,
}


def main() -> None:
    """Measure the parts that the command line names, or all."""
    asked = _words()
    before = os.getloadavg()[0]
    figures = [figure for name in asked.parts or PARTS for figure in _measured(name, asked.rounds)]
    if asked.json:
        print(json.dumps({**_machine(before), "figures": [figure.to_json() for figure in figures]}, indent=2))
    else:
        Console(width=max(Console().width, WIDTH)).print(_table(figures, before))


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what the kit costs.")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (3)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    return parser.parse_args()


def _measured(name: str, rounds: int) -> Iterator[Figure]:
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    for figure in PARTS[name](rounds):
        print(f"  {figure.name}: {_numbers(figure)[0]}", file=sys.stderr, flush=True)
        yield figure


def _machine(load: float) -> dict[str, Any]:
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count(), "load": load}


def _table(figures: list[Figure], load: float) -> Table:
    busy = load > (os.cpu_count() or 1) / 2
    words = f"{os.cpu_count()} cores, load {load:.1f} at the start" + (": busy, so read with care" if busy else "")
    table = Table(title="What the kit costs", caption=words, title_justify="left", caption_justify="left")
    for name in ("", "median", "lowest", "highest", "target"):
        table.add_column(name, justify="right" if name.endswith(("median", "est")) else "left", no_wrap=True)
    for figure in figures:
        table.add_row(figure.name, *_numbers(figure), _target(figure))
    return table


def _numbers(figure: Figure) -> list[str]:
    if figure.median is None:
        return ["not measured", "", ""]
    digits = 0 if figure.median >= 100 else 1 if figure.median >= 10 else 2
    rest = [f"{value:.{digits}f}" for value in (min(figure.values), max(figure.values))]
    return [f"{figure.median:.{digits}f} {figure.unit}", *rest]


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    words = f"{'at least' if figure.at_least else 'at most'} {figure.target:g} {figure.unit}"
    return words if figure.met is None else f"{words}: {'met' if figure.met else 'missed'}"


if __name__ == "__main__":
    main()
