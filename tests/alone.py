"""``@pytest.mark.alone("why")``: a test that measures, or takes all that it gets, runs while no other test does.

There are two workers for each core, since most tests wait more than they compute. Tests that are alone come last, one
after the other in one worker, when the others have nothing left to do; should one have, it waits between two tests.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

import pytest

LOCKS = pytest.StashKey[tempfile.TemporaryDirectory]()
MOST = 4  # cores that are used
FOLDER = "alone"


def pytest_xdist_auto_num_workers(config):
    """Say how many tests run at once: two for each core."""
    return 2 * min(os.cpu_count() or 1, MOST)


def pytest_configure(config):
    config.addinivalue_line("markers", "alone(why): no other test may run meanwhile")


def pytest_collection_modifyitems(items):
    """Bring tests that are alone to the end, and into one worker."""
    items.sort(key=_is_alone)
    for item in filter(_is_alone, items):
        item.add_marker(pytest.mark.xdist_group(FOLDER))


def _is_alone(item):
    return item.get_closest_marker("alone") is not None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Tell a worker where the locks of its run are."""
    if LOCKS not in node.config.stash:
        node.config.stash[LOCKS] = tempfile.TemporaryDirectory(prefix="capsize-alone-")
    node.workerinput[FOLDER] = node.config.stash[LOCKS].name


def pytest_unconfigure(config):
    if LOCKS in config.stash:
        config.stash[LOCKS].cleanup()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    with _turn(getattr(item.config, "workerinput", {}), _is_alone(item)):
        return (yield)


@contextlib.contextmanager
def _turn(worker, is_alone):
    """Hold the machine, shared with other tests or alone. Whoever waits at the door goes in next."""
    if FOLDER not in worker:
        yield
        return
    locks = Path(worker[FOLDER])
    with (locks / "door").open("w") as door, (locks / "room").open("w") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
