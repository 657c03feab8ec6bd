"""Run a notebook from top to bottom in a kernel of this environment, against the solutions."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from capsize.course.lab_paths import Rooms
from capsize.errors import CapsizeError
from capsize.jupyter import private_environment

CELL_SECONDS = 600  # a cell may check a whole lab, on a machine that others use
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def execute(
    rooms: Rooms, page: Mapping[str, Any], *, cell_seconds: float = CELL_SECONDS, code: str = "solutions"
) -> Any:
    """Give the notebook with the outputs of a fresh run; ``page`` stays as it is. ``code`` is what its labs run.

    Raises CapsizeError where a cell fails, takes longer than ``cell_seconds``, or ends the kernel.
    """
    fresh, reached = nbformat.from_dict(page), [0]
    client = NotebookClient(
        fresh,
        timeout=cell_seconds,
        resources={"metadata": {"path": str(rooms.notebook.parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",  # the graceful way waits 3 s now and then
        on_cell_start=lambda cell, cell_index: reached.append(cell_index + 1),
    )
    with tempfile.TemporaryDirectory(prefix="capsize-") as folder:
        client.km = _kernel(Path(folder))
        try:
            return client.execute(env=environment(rooms, code))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise _refusal(rooms, reached[-1], error) from error


def environment(rooms: Rooms, code: str = "solutions") -> dict[str, str]:
    """Say what a kernel is given: this environment, folders of its own, and the code that labs run."""
    return {
        **os.environ,
        **private_environment(rooms.root),
        "CAPSIZE_HOME": str(rooms.root),
        "CAPSIZE_CODE": code,
        "CAPSIZE_PREDICTIONS": "naive",  # nobody is there to be asked
    }


def _kernel(folder: Path) -> Any:
    # no folders to search: what is left is the kernel of the Python that runs this
    own = KernelSpecManager(kernel_dirs=[])
    return AsyncKernelManager(
        kernel_spec_manager=own, connection_file=str(folder / "kernel.json"), transport_encryption="auto"
    )


def _refusal(rooms: Rooms, number: int, error: Exception) -> CapsizeError:
    return CapsizeError(
        f"cell {number} failed",
        place=rooms.notebook,
        evidence=COLOUR.sub("", str(error)).strip().splitlines()[-25:],
        next=f"fix the cell, then: capsize notebooks update {rooms.slug}",
    )
