"""Log lines on stdout (factor XI): when, how bad, who, what; of a traceback only the lines that a learner can edit."""

from __future__ import annotations

import logging
import sys
import sysconfig
import traceback
from pathlib import Path
from types import TracebackType

INSTALLED = tuple({sysconfig.get_path(kind) for kind in ("purelib", "platlib", "stdlib", "platstdlib")})
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def to_stdout() -> None:
    """Send every logger's lines to stdout, from INFO on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Lines("%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for talkative in ("httpx", "botocore"):  # a line for every request or client would drown the service's own
        logging.getLogger(talkative).setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """Write a record as one line, and what was raised below it, without the frames of installed packages."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - logging's own name
        """Return the traceback of the shop's and the learner's own code."""
        return own_traceback(ei[1]) if ei[1] else ""


def own_traceback(raised: BaseException) -> str:
    """Return a traceback that ends at the learner's own line; the whole one where no frame is our own."""
    told = traceback.TracebackException.from_exception(raised)
    link: traceback.TracebackException | None = told
    while link:
        own = [frame for frame in link.stack if _is_own(frame.filename)]
        link.stack = traceback.StackSummary.from_list(own or link.stack)
        link = link.__cause__ or link.__context__
    return "".join(told.format()).rstrip()


def _is_own(filename: str) -> bool:
    return not filename.startswith(("<", *INSTALLED)) or Path(filename).is_relative_to(Path(__file__).parents[1])
