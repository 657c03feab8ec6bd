"""What Compose's depends_on waits for, in each of its three conditions."""

from __future__ import annotations

from pathlib import Path

import pytest
from plain_stacks import Describe

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.stack.model import Restart

SLOW_TO_LISTEN = """
import runpy, sys, time

time.sleep(1.5)
sys.argv = ["serve", "app:app"]
runpy.run_module("serve", run_name="__main__")
"""
SECOND_TRY = """
import pathlib, runpy, sys

tried = pathlib.Path(__file__).with_name("tried")
if not tried.exists():
    tried.touch()
    sys.exit("no database yet")
sys.argv = ["serve", "app:app"]
runpy.run_module("serve", run_name="__main__")
"""
MIGRATION = "import sys, time\n\ntime.sleep(0.5)\nsys.exit(int(sys.argv[1]))\n"


@pytest.fixture
def code(code: Path) -> Path:
    (code / "slow.py").write_text(SLOW_TO_LISTEN)
    (code / "migration.py").write_text(MIGRATION)
    return code


def first(stack: running.RunningStack, who: str, what: str) -> float:
    return next(event.at for event in stack.timeline.events if (event.who, event.what) == (who, what))


def test_started_waits_for_the_process_alone(describe: Describe, run_dir: Path):
    """With service_started a service does not wait until the other listens."""
    slow = {"command": ("python", "slow.py")}
    with running.start(describe(slow=slow, front={"depends_on": {"slow": "service_started"}})) as stack:
        assert first(stack, "front-1", "ready") < first(stack, "slow-1", "ready")


def test_healthy_waits_until_it_is_ready(describe: Describe, run_dir: Path):
    """With service_healthy a service starts when the other is ready."""
    slow = {"command": ("python", "slow.py")}
    with running.start(describe(slow=slow, front={"depends_on": {"slow": "service_healthy"}})) as stack:
        assert first(stack, "front-1", "ready") > first(stack, "slow-1", "ready")


def test_completed_waits_for_the_end(describe: Describe, run_dir: Path):
    """With service_completed_successfully a service starts when the other has ended with 0."""
    job = {"command": ("python", "migration.py", "0")}
    needs = {"depends_on": {"job": "service_completed_successfully"}}
    with running.start(describe(job=job, front=needs)) as stack:
        assert first(stack, "front-1", "ready") > first(stack, "job-1", "ended")


def test_a_failed_completion_is_said(describe: Describe, run_dir: Path):
    """What others wait for and ends with another code than 0 is reported by name."""
    job = {"command": ("python", "migration.py", "4")}
    needs = {"depends_on": {"job": "service_completed_successfully"}}
    with pytest.raises(CapsizeError, match=r"job-1 (did not complete|ended before it was ready)[^$]*exit code 4"):
        running.start(describe(job=job, front=needs))


def test_on_failure_leaves_alone_what_ended_well(describe: Describe, run_dir: Path):
    """With restart on-failure a service that ended with 0 stays ended."""
    job = {"command": ("python", "migration.py", "0"), "restart": Restart("on-failure")}
    needs = {"depends_on": {"job": "service_completed_successfully"}}
    with running.start(describe(job=job, front=needs)) as stack:
        assert (stack.instance("job-1").state, stack.instance("job-1").restarts) == ("stopped", 0)


def test_on_failure_tries_again_what_fails_at_first(describe: Describe, run_dir: Path, code: Path):
    """With restart on-failure a service may end until what it needs is there; its start waits for that."""
    (code / "second_try.py").write_text(SECOND_TRY)
    tries = {"command": ("python", "second_try.py"), "restart": Restart("on-failure", first_backoff=0.1)}
    with running.start(describe(front=tries)) as stack:
        assert (stack.instance("front-1").ready, stack.instance("front-1").restarts) == (True, 1)


def test_tries_that_are_used_up_are_said(describe: Describe, run_dir: Path):
    """With on-failure and a number of attempts, the last one's end is what the error tells."""
    tries = {"command": ("python", "migration.py", "4"), "restart": Restart("on-failure", 2, first_backoff=0.1)}
    with pytest.raises(CapsizeError, match=r"front-1 ended before it was ready[^$]*exit code 4"):
        running.start(describe(front=tries))
