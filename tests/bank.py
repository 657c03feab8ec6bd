"""``pytest --bank drawn``, by ``make test``: of the answers one for each line that an exercise promises.

A check takes seconds of a core, and a lab has fifty answers: judging all of them at each change would cost more than
all other tests. So one wrong answer is drawn for each acceptance line, and one right one for each exercise, from
CAPSIZE_SEED. ``make test BANK=all`` judges each, and so does the weekly workflow: over several seeds.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

from answers import Answer
from seeds import judges

from capsize.check.draw import seed_of

DRAWN = "drawn"


def pytest_addoption(parser):
    parser.getgroup("capsize").addoption("--bank", choices=(DRAWN, "all"), default="all", help="which answers to judge")


def drawn(answers: Iterable[Answer], seed: int) -> set[str]:
    """Draw the ids of a wrong answer for each acceptance line, and of a right one for each exercise."""
    kinds = defaultdict(list)
    for answer in answers:
        kinds[f"{answer.exercise} {answer.line if answer.says else 'right'}"].append(answer.id)
    return {random.Random(f"{seed} {kind}").choice(sorted(ids)) for kind, ids in kinds.items()}


def pytest_collection_modifyitems(config, items):
    """Leave out the answers that are not drawn."""
    if config.option.bank != DRAWN:
        return
    judged = {item: answer for item in items if (answer := _answer(item))}
    kept = drawn(judged.values(), seed_of())
    others = [item for item, answer in judged.items() if answer.id not in kept]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in set(others)]


def _answer(item):
    parameters = item.callspec.params.values() if hasattr(item, "callspec") and judges(item.function) else ()
    return next((parameter for parameter in parameters if isinstance(parameter, Answer)), None)


def pytest_terminal_summary(terminalreporter, config):
    """Say that answers were left out, and how to judge them."""
    if config.option.bank == DRAWN:
        terminalreporter.write_line("of the answers one was drawn for each line; to judge all: make test BANK=all")
