"""A check's process: ``python -m capsize.check.child WIRE WORDS...`` is ``python -m pytest WORDS...`` with a wire.

Reports go to the wire. A nursery gets warm while pytest is still being imported.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from capsize.check.report import Reporter
from capsize.runtime.host.processes.client import prewarm

if TYPE_CHECKING:
    import pytest


class Reporting:
    """A plugin that says where reports go."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter

    def pytest_configure(self, config: pytest.Config) -> None:
        from capsize.check.plugin import REPORTER

        config.stash[REPORTER] = self.reporter

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell why a module of checks cannot be read; pytest itself says so after all reports are over."""
        if report.failed:
            self.reporter.send(broken=str(report.longrepr))


def main(wire: str, *words: str) -> int:
    """Run pytest; when whoever asked is gone, so is this process."""
    reporter = Reporter(int(wire))
    prewarm(seeds=1)  # another costs half a second of a core, and most checks have one copy of each service
    import pytest

    return int(pytest.main(list(words), plugins=[Reporting(reporter)]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
