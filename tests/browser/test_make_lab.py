"""`make lab`: JupyterLab opens at the first lab, with nothing in the way and nothing left afterwards."""

from __future__ import annotations

import signal
from urllib.parse import urlsplit

import psutil
import pytest

FIRST = "work/01_monolith.ipynb"


def test_address_is_on_this_machine_alone(jupyterlab):
    """The address that a learner sees is on 127.0.0.1, carries a token, and leads to lab 01."""
    address = urlsplit(jupyterlab.url)
    assert (address.hostname, address.path) == ("127.0.0.1", f"/lab/tree/{FIRST}")
    assert address.query.startswith("token=")


def test_lab_01_opens_with_nothing_in_the_way(open_notebook):
    """The first lab stands open: no toast, no dialog, no error in the console, no request to anybody else."""
    notebook = open_notebook(FIRST)
    assert notebook.page.locator(".Toastify__toast, .jp-Dialog").count() == 0
    assert (notebook.watched.errors, notebook.watched.strangers) == ([], [])


def test_kernel_runs_the_kit(open_notebook):
    """The kernel is the environment's own: the kit is there, in the learner's own folder."""
    notebook = open_notebook(FIRST)
    shown = notebook.run("import capsize, os, sys; print(os.path.basename(os.getcwd()), sys.prefix != sys.base_prefix)")
    assert shown.split() == ["work", "True"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_stopping_leaves_no_kernel(own_jupyterlab, number):
    """Ctrl-C, SIGTERM or a closed terminal stops every kernel, and the server says that all went well."""
    own_jupyterlab.start_kernel()
    kernels = psutil.Process(own_jupyterlab.process.pid).children(recursive=True)
    assert kernels
    assert own_jupyterlab.stop(number) == 0
    assert psutil.wait_procs(kernels, timeout=2)[1] == []
