"""The course's pages on the server that JupyterLab runs on, for those who have its token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import authenticated

from capsize.course import Course
from capsize.start_page.pages import PAGES, page_of


def routes(root: Path, start: str) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the server's routes to the pages of a course, below ``start``; each look reads the course's files anew."""
    names = "|".join(PAGES)
    return [(rf"{start}/?({names})", CoursePage, {"root": root})]


class CoursePage(JupyterHandler):  # type: ignore[misc] # jupyter_server has no types
    """One page."""

    def initialize(self, root: Path) -> None:
        self._root = root

    @authenticated  # type: ignore[untyped-decorator] # as above
    def get(self, name: str) -> None:
        self.set_header("Cache-Control", "no-store")
        self.finish(page_of(Course(self._root), name))
