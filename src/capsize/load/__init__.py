"""Load: Locust in a child process, and an honest report of what it did.

Locust itself is imported by the child alone (``driver``): in this process it would replace sockets and threads.
"""

from capsize.load.backlog import Backlog, Look
from capsize.load.bucket import Bucket
from capsize.load.comparison import Comparison, compare
from capsize.load.report import Little, LoadReport
from capsize.load.running import run, run_blocking
from capsize.load.steps import knee, sweep, sweep_blocking

__all__ = [
    "Backlog",
    "Bucket",
    "Comparison",
    "Little",
    "LoadReport",
    "Look",
    "compare",
    "knee",
    "run",
    "run_blocking",
    "sweep",
    "sweep_blocking",
]
