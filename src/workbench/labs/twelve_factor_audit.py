"""The audit of lab 02's shop by its own requests, and two audits beside each other in one picture."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from capsize import audit
from capsize.audit import Judgement, TwelveFactors
from capsize.load.picture import Picture
from workbench.labs.twelve_factor_commit import LEFT_OUT, push
from workbench.labs.twelve_factor_wheels import wheels

SLOW, WRITE, READ = "/report", "POST /cart?sku=lantern", "/cart"
AUTHOR = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
COLOURS = {"holds": "#0072b2", "fails": "#d55e00", "unjudged": "#bbbbbb"}
MARKS = {"holds": "✓", "fails": "✕", "unjudged": "?"}
PAPER, INK = "#ffffff", "#222222"
LONGEST = 95  # letters of a line beside the squares


async def audited(lab: Any, only: Collection[str] = ()) -> TwelveFactors:
    """Audit the files of a lab as a notebook holds it, in a repository that has what a team would push of them."""
    code = lab.lab.code()
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        app, machine = Path(folder) / "shop", Path(folder) / "machine"
        machine.mkdir()
        await asyncio.to_thread(commit, code, app)
        with wheels():
            own = {"XDG_RUNTIME_DIR": str(machine)}
            return await audit.run(app, env=own, only=only, slow=SLOW, write=WRITE, read=READ)


def commit(code: Path, app: Path) -> list[str]:
    """Lay a working copy whose newest commit lacks the files that give a secret away. Return their places."""
    shutil.copytree(code, app, ignore=shutil.ignore_patterns(*LEFT_OUT))
    pushed = app.with_name("pushed")
    held_back = push(code, pushed)
    names = sorted(str(file.relative_to(pushed)) for file in pushed.rglob("*") if file.is_file())
    for words in (("init", "-q"), ("add", "--", *names), ("commit", "-q", "-m", "the shop")):
        subprocess.run(("git", *AUTHOR, *words), cwd=app, check=True, env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1"})
    return held_back


def verdicts(found: TwelveFactors) -> Mapping[str, int]:
    """Count the verdicts: how many hold, fail, and could not be judged."""
    said = [one.verdict for one in found.judgements]
    return {verdict: said.count(verdict) for verdict in ("holds", "fails", "unjudged")}


def beside(before: TwelveFactors, after: TwelveFactors) -> Picture:
    """Draw two audits beside each other: a row for each factor, and what was seen the second time."""
    figure = Figure(figsize=(9.4, 4.6), facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for row, (old, new) in enumerate(zip(before.judgements, after.judgements, strict=True)):
        for column, one in enumerate((old, new)):
            _square(axes, column, -row, one)
        axes.text(-0.6, -row, f"{new.factor.numeral} {new.factor.name}", ha="right", va="center", color=INK, fontsize=9)
        axes.text(1.6, -row, _short(old, new), va="center", color=INK, fontsize=8)
    for column, words in enumerate(("before", "after")):
        axes.text(column, 0.75, words, ha="center", color=INK, fontsize=9)
    axes.set(xlim=(-3.6, 9.5), ylim=(0.4 - len(after.judgements), 1.2))
    axes.set_axis_off()
    return Picture(figure, "The twelve factors before and after")


def _square(axes: Any, column: int, row: int, one: Judgement) -> None:
    """Draw a verdict as a square with a sign in it, for those who do not tell the colours apart."""
    axes.add_patch(_patch(column, row, COLOURS[one.verdict]))
    axes.text(column, row, MARKS[one.verdict], ha="center", va="center", color=PAPER, fontsize=10)


def _patch(column: int, row: int, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.42, row - 0.42), 0.84, 0.84, color=colour)


def _short(old: Judgement, new: Judgement) -> str:
    """Say what was seen, of the audit in which the factor failed if there is one."""
    words = (old if old.verdict == "fails" else new).because
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
