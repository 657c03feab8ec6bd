"""I: one commit makes more than one deploy, and nothing that is not in the commit is needed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from capsize.audit.bench import Bench, NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Subject
from capsize.audit.visitor import HOME

FACTOR = BY_NUMERAL["I"]
DID = "cloned the newest commit twice, and started a deploy from each clone"
NOT_CODE = (".env", "node_modules/", ".venv/", "venv/")  # configuration and dependencies: no commit has them


async def judge(subject: Subject) -> Judgement:
    """Judge by two deploys of one commit. Raise Hindrance where the folder has no commit of its own."""
    web = subject.web
    root, inside, commit = await _commit(subject.bench)
    strays = await _strays(subject.bench)
    control = f"a copy of the folder as it is answers {web.first}"
    deploys: list[Deploy] = []
    for number in (1, 2):
        clone = await _clone(subject.bench, root, number)
        try:
            deploys.append(await subject.bench.deploy("commit", subject.app.config, source=clone / inside))
        except NotUp as error:
            because = f"the commit does not start, and the folder does: {error.because}"
            evidence = (*error.evidence, *(f"not in the commit: {name}" for name in strays[:5]))
            return Judgement(FACTOR, "fails", because, DID, control, evidence)
    answers = [
        (await one.ask(question)).status for one in (web, *deploys) for question in (subject.given.read or HOME,)
    ]
    for one in deploys:
        await one.end()
    evidence = (f"the folder's copy answers {answers[0]}, the deploys of the commit {answers[1]} and {answers[2]}",)
    if len(set(answers)) > 1:
        because = "deploys of the commit answer otherwise than the folder does"
        return Judgement(FACTOR, "fails", because, DID, control, (*evidence, *strays[:5]))
    remarks = tuple(f"not in the commit: {name}" for name in strays[:5])
    because = f"two deploys of commit {commit} answer as the folder does"
    return Judgement(FACTOR, "holds", because, DID, control, evidence, remarks)


async def _commit(bench: Bench) -> tuple[Path, Path, str]:
    """Return the repository's folder, the app's folder in it, and the newest commit."""
    if not shutil.which("git"):
        raise Hindrance("git is not installed on this machine")
    folder = bench.given.folder
    root = Path(await _git(bench, folder, "rev-parse", "--show-toplevel"))
    commit = await _git(bench, folder, "rev-parse", "--short", "HEAD")
    if not await _git(bench, folder, "ls-tree", "--name-only", "HEAD", "./"):
        raise Hindrance(f"the repository that the folder is in does not track it: {root}")
    return root, folder.resolve().relative_to(root.resolve()), commit


async def _strays(bench: Bench) -> list[str]:
    """List what the folder has and the commit has not."""
    status = ("status", "--porcelain", "--ignored", "--untracked-files=normal", ".")
    lines = (await _git(bench, bench.given.folder, *status)).splitlines()
    names = [line[2:].strip() for line in lines]
    return [name for name in names if not name.endswith(NOT_CODE) and "__pycache__" not in name]


async def _clone(bench: Bench, root: Path, number: int) -> Path:
    target = bench.home.folder / f"clone-{number}"
    await _git(bench, bench.home.folder, "clone", "--quiet", "--depth", "1", f"file://{root}", str(target))
    return target


async def _git(bench: Bench, cwd: Path, *words: str) -> str:
    """Run git and return what it says. Raise Hindrance where it refuses."""
    done = await bench.home.run(("git", *words), cwd=cwd, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
    if done.code != 0:
        said = done.output.strip().splitlines()
        raise Hindrance("no commit of this folder can be had: git does not know it", said[-2:])
    return done.output.strip()
