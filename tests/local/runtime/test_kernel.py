"""A real notebook kernel that holds a stack: restarted, shut down or killed, it leaves nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from plain_stacks import HOLDER, eventually, leftovers

CELL = HOLDER.replace("time.sleep(60)\n", "")


@pytest.fixture
def kernel(code: Path, run_dir: Path) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel in which the stack is up."""
    manager, client = start_new_kernel()
    cell = CELL.replace("sys.argv[1]", repr(str(code)))
    reply = client.execute_interactive(cell, timeout=30, output_hook=lambda _: None)
    assert reply["content"]["status"] == "ok", reply["content"]
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    for context in (client.context, manager.context):
        context.destroy(linger=0)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # pyzmq's own sockets, when a kernel is killed under it
@pytest.mark.parametrize("end", ["restart", "shutdown", "kill"])
def test_a_kernel_that_ends_leaves_nothing(kernel, run_dir: Path, end: str):
    """Restarted from the menu, shut down, or killed: the processes and folders of its stack are gone in two seconds."""
    manager, _ = kernel
    assert len(leftovers(run_dir)) >= 4
    if end == "restart":
        manager.restart_kernel(now=True)
    elif end == "shutdown":
        manager.shutdown_kernel(now=False)
    else:
        os.kill(manager.provisioner.process.pid, signal.SIGKILL)
    assert eventually(lambda: leftovers(run_dir) == [], within=2), leftovers(run_dir)


def test_an_interrupted_cell_keeps_the_stack(kernel, run_dir: Path):
    """The stop button ends a cell that waits; the stack that was up stays up."""
    manager, client = kernel
    cell = "import time; print('asleep', flush=True); time.sleep(60)"
    client.execute(cell, stop_on_error=False)  # else the kernel may refuse the cell after one that failed
    while client.get_iopub_msg(timeout=20)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    assert client.get_shell_msg(timeout=20)["content"]["ename"] == "KeyboardInterrupt"
    reply = client.execute_interactive("stack.state == 'up' or 1 / 0", timeout=20, output_hook=lambda _: None)
    assert reply["content"]["status"] == "ok"
