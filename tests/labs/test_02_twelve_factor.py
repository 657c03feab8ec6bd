"""The checks of lab 02: deploys of one release, as a platform makes them, and what each factor says about them."""

from __future__ import annotations

from lab02_config import Harbours
from lab02_copies import Copies
from lab02_deploys import deploys
from lab02_release import Release
from lab02_running import Run

from capsize.check import Judge, exercise

DEADLINE = 120


@exercise("2.1", deadline=DEADLINE)
async def test_deploys_differ_by_their_environment_alone(judge: Judge):
    """The environment names databases and secrets, a forgotten one is noticed, and the commit is complete."""
    async with deploys(judge) as made:
        harbours = Harbours(made)
        await harbours.begin()
        await harbours.judge_databases()
        await harbours.judge_secret()
        await harbours.judge_missing()
        await harbours.judge_commit()


@exercise("2.2", deadline=DEADLINE)
async def test_copies_run_beside_each_other(judge: Judge):
    """Copies listen where they are told, know what each other was told, and die alone."""
    async with deploys(judge) as made:
        copies = Copies(made)
        await copies.begin()
        copies.judge_port()
        await copies.judge_number()
        await copies.judge_memory()
        await copies.judge_survivors()
        await copies.judge_race()


@exercise("2.3", deadline=DEADLINE)
async def test_a_copy_leaves_and_says_so(judge: Judge):
    """Events are lines of JSON on the output and nowhere else, and no request is lost when a copy leaves."""
    async with deploys(judge) as made:
        run = Run(made)
        await run.begin()
        await run.judge_words()
        await run.judge_disk()
        await run.judge_farewell()
        await run.judge_deaths()


@exercise("2.4", deadline=DEADLINE)
async def test_build_release_and_run_are_apart(judge: Judge):
    """A one-off process migrates, web leaves databases and its release as they are, and what it needs is declared."""
    async with deploys(judge) as made:
        release = Release(made)
        await release.begin()
        await release.judge_forms()
        await release.judge_failure()
        await release.judge_run()
        await release.judge_dependencies()
