"""``@pytest.mark.alone("why")``: a test that judges by the clock, or takes all that it gets, counts as two.

There are two workers for each core, a pair, since most tests wait more than they compute. While a test that is alone
runs, the other worker of its pair waits between two tests.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

import pytest

PAIRS = pytest.StashKey[tempfile.TemporaryDirectory]()
MOST = 4  # cores that are used
FOLDER = "alone"


def pytest_xdist_auto_num_workers(config):
    """Say how many tests run at once: two for each core."""
    return 2 * min(os.cpu_count() or 1, MOST)


def pytest_configure(config):
    config.addinivalue_line("markers", "alone(why): the other worker of its pair waits meanwhile")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Tell a worker where the locks of its run are."""
    if PAIRS not in node.config.stash:
        node.config.stash[PAIRS] = tempfile.TemporaryDirectory(prefix="capsize-alone-")
    node.workerinput[FOLDER] = node.config.stash[PAIRS].name


def pytest_unconfigure(config):
    if PAIRS in config.stash:
        config.stash[PAIRS].cleanup()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    with _turn(getattr(item.config, "workerinput", {}), item.get_closest_marker("alone") is not None):
        return (yield)


@contextlib.contextmanager
def _turn(worker, is_alone):
    """Hold the pair's turn, shared with its other worker or alone. Whoever waits at the door goes in next."""
    if FOLDER not in worker:
        yield
        return
    pair = Path(worker[FOLDER]) / str(int(worker["workerid"].removeprefix("gw")) // 2)
    with pair.with_suffix(".door").open("w") as door, pair.with_suffix(".room").open("w") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
