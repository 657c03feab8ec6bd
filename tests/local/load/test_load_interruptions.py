"""Loads that end early: what was measured is kept, and no process is left."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time

import psutil
import pytest

from capsize.load import run, sweep

WAITING = """
import sys
from pathlib import Path
from capsize.load import run_blocking
say = lambda _: print("bucket", flush=True)
report = run_blocking(Path(sys.argv[1]), sys.argv[2], users=2, seconds=60, on_bucket=say)
print(report.interrupted, report.sent == sum(bucket.sent for bucket in report.buckets) > 0, report.measured < 30)
"""


@pytest.fixture
def waiting(target, shop):
    """Start a process that waits for a load, and hand it out once buckets arrive."""
    command = [sys.executable, "-c", WAITING, str(shop()), target.host]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "bucket\n"
        yield process
        process.kill()


def test_ctrl_c_keeps_what_was_measured(waiting):
    """Ctrl-C ends a run early with a report of what was measured until then."""
    waiting.send_signal(signal.SIGINT)
    said, _ = waiting.communicate(timeout=10)
    assert said.splitlines()[-1] == "True True True"


def test_killed_parent_leaves_no_driver(waiting):
    """When the process that asked is killed, its driver ends by itself."""
    drivers = psutil.Process(waiting.pid).children(recursive=True)
    waiting.kill()
    _gone, alive = psutil.wait_procs(drivers, timeout=5)
    assert drivers
    assert not alive


def test_killed_parent_leaves_no_driver_that_loops(target, shop):
    """Even a driver that is stuck in the file's endless loop ends with its parent."""
    file = shop("self.client.get('/')\nopen('looping', 'w').close()\nwhile True: pass")
    with subprocess.Popen([sys.executable, "-c", WAITING, str(file), target.host]) as process:
        eventually(file.with_name("looping").exists)
        drivers = psutil.Process(process.pid).children()
        process.kill()
        _gone, alive = psutil.wait_procs(drivers, timeout=5)
    assert drivers
    assert not alive


def eventually(ask, seconds=20.0):
    """Ask until the answer is yes."""
    deadline = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


async def cancelled_at(seconds, start):
    """Run what ``start`` makes, with a callback that cancels it once that much has been measured."""
    task = asyncio.ensure_future(start(lambda bucket: bucket.elapsed == seconds and task.cancel()))
    return await task


@pytest.mark.anyio
async def test_cancel_keeps_what_was_measured(target, shop):
    """A cancelled run comes back at once, marked as interrupted, with its buckets."""
    report = await cancelled_at(0.5, lambda stop: run(shop(), target.host, users=2, seconds=60, on_bucket=stop))
    assert report.interrupted
    assert 0.5 <= report.measured < 30
    assert report.sent == report.succeeded + report.failed + report.unanswered > 0


@pytest.mark.anyio
async def test_cancel_before_the_first_request_is_a_cancel(target, shop):
    """Where there is nothing to keep, a cancel is a cancel, and leaves no process."""
    task = asyncio.ensure_future(run(shop(), target.host, users=2, seconds=60))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not drivers_of_this_process(target)


@pytest.mark.anyio
async def test_cancel_of_the_warm_up_is_a_cancel(target, shop, tmp_path):
    """Where the warm-up is cancelled nothing was measured: no run begins, and no process is left."""
    begun = tmp_path / "begun"
    file = shop(f"self.client.get('/')\nopen({str(begun)!r}, 'w').close()")
    task = asyncio.ensure_future(run(file, target.host, users=2, seconds=60, warm=60))
    async with asyncio.timeout(30):
        while not begun.exists():
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)  # a bucket's worth, which an interrupt would keep
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not drivers_of_this_process(target)


@pytest.mark.anyio
async def test_cancel_of_a_stuck_driver_returns(target, shop):
    """A driver that no longer listens is killed, and what it had said is kept."""
    file = shop("self.client.get('/')\nif time.monotonic() - self.began > 0.6:\n    while True: pass")
    file.write_text(file.read_text() + "    def on_start(self): self.began = time.monotonic()\n")
    report = await cancelled_at(0.5, lambda stop: run(file, target.host, users=1, seconds=60, on_bucket=stop))
    assert report.interrupted
    assert not drivers_of_this_process(target)


@pytest.mark.anyio
async def test_cancel_ends_a_sweep(target, shop):
    """A cancelled sweep returns the steps that it has, the last one cut short."""
    reports = await cancelled_at(
        0.5, lambda stop: sweep(shop(), target.host, users=(1, 2, 4), seconds=60, on_bucket=stop)
    )
    assert [report.interrupted for report in reports] == [True]


@pytest.mark.anyio
async def test_failing_callback_leaves_no_driver(target, shop):
    """An error in the caller's own callback is raised, and the driver is gone."""
    with pytest.raises(ZeroDivisionError):
        await run(shop(), target.host, users=1, seconds=60, on_bucket=lambda _: 1 / 0)
    assert not drivers_of_this_process(target)


def drivers_of_this_process(target):
    """List our children but for the server, and for what waits for a first stack."""
    others = (child for child in psutil.Process().children() if child.pid != target.process.pid)
    return [child for child in others if not any("spawner.py" in word for word in child.cmdline())]
