"""How nbval runs the notebooks: against the solutions, in folders of its own, deaf to stderr."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from capsize.jupyter import adopt_private_environment
from capsize.notebooks.canonical import SANITIZE

ROOT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    adopt_private_environment(ROOT)
    os.environ["CAPSIZE_CODE"] = "solutions"
    config.option.nbval_sanitize_with = str(SANITIZE)


def pytest_collectstart(collector: Any) -> None:
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)
