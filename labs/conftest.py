"""How nbval runs the notebooks: against the solutions, in folders of its own, deaf to stderr, while somebody waits."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from capsize.jupyter import adopt_private_environment
from capsize.notebooks.canonical import SANITIZE
from capsize.notebooks.owner import end_with_owner

ROOT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    end_with_owner()
    adopt_private_environment(ROOT)
    os.environ["CAPSIZE_CODE"] = "solutions"
    os.environ["CAPSIZE_PREDICTIONS"] = "naive"
    config.option.nbval_sanitize_with = str(SANITIZE)


def pytest_collectstart(collector: Any) -> None:
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)
