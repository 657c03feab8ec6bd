"""A place of its own for what an audit runs, so that a test sees what is left there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from capsize.runtime.host.processes.run_dir import RUN_DIR


@pytest.fixture(scope="session", autouse=True)
def own_run_dir():
    """Have run folders made in a folder of these tests alone; packages come from uv's cache, not from a network."""
    folder = tempfile.mkdtemp(prefix="audit-", dir="/tmp")
    Path(folder).chmod(0o711)  # root's PostgreSQL runs as a user who must pass through
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(RUN_DIR, folder)
        patch.setenv("UV_OFFLINE", "1")
        yield Path(folder)
    shutil.rmtree(folder)
