"""A real kernel in the small course, worked through its channels as a frontend does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel


@dataclass
class Kernel:
    """A kernel, and one cell at a time."""

    manager: KernelManager
    client: BlockingKernelClient
    cell: str = ""

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.manager.provisioner.pid)

    def begin(self, code: str) -> None:
        """Run a cell, and return while it runs."""
        self.cell = self.client.execute(code, stop_on_error=False)

    def interrupt(self) -> None:
        self.manager.interrupt_kernel()

    def end(self, seconds: float = 20) -> str:
        """Wait until the cell is done, and give the name of its error."""
        deadline = time.monotonic() + seconds
        while True:
            reply = self.client.get_shell_msg(timeout=max(0.1, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == self.cell:
                return str(reply["content"].get("ename", ""))

    def shown(self, seconds: float = 20) -> str:
        """Wait until the cell shows something, and give its plain text."""
        deadline = time.monotonic() + seconds
        while True:
            told = self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            if told["msg_type"] == "display_data" and told["parent_header"].get("msg_id") == self.cell:
                return str(told["content"]["data"]["text/plain"])

    def told(self, seconds: float = 20) -> str:
        """Wait until the cell shows an error, and give its lines."""
        deadline = time.monotonic() + seconds
        while True:
            told = self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            if told["msg_type"] == "error" and told["parent_header"].get("msg_id") == self.cell:
                return "\n".join(told["content"]["traceback"])

    def run(self, code: str) -> str:
        self.begin(code)
        return self.end()


@pytest.fixture
def kernel(small) -> Iterator[Kernel]:
    """A kernel in the small course, with the kit at hand."""
    manager, client = start_new_kernel(kernel_name="python3")
    kernel = Kernel(manager, client)
    assert kernel.run("from capsize.ui import lab\nimport asyncio") == ""
    yield kernel
    client.stop_channels()
    manager.shutdown_kernel(now=True)
