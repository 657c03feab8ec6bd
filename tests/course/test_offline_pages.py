"""No page of the shop's needs another host: what a learner opens works with the network unplugged."""

from __future__ import annotations

import re

from the_course import ROOT

ROOMS = ("src/shop", "starter", "solutions", "src/capsize/notebooks/templates")
SOURCES = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py*")) if file.suffix != ".pyc"]
APP = re.compile(r"\bFastAPI\((?P<options>[^)]*)\)")
GRAPHQL = re.compile(r"\bGraphQLRouter\((?P<options>[^)]*)\)")


def made(pattern: re.Pattern[str]) -> dict[str, str]:
    """List what is made by a pattern in the course's sources, with its options."""
    return {
        f"{file.relative_to(ROOT)} {found.start()}": found["options"]
        for file in SOURCES
        for found in pattern.finditer(file.read_text(encoding="utf-8"))
    }


def test_no_app_serves_pages_that_load_scripts_from_another_host():
    """FastAPI's /docs and /redoc and GraphQL's tool for browsers are blank offline, so none is served."""
    apps, routers = made(APP), made(GRAPHQL)
    assert apps
    assert routers
    assert not [place for place, options in apps.items() if "docs_url=None, redoc_url=None" not in options]
    assert not [place for place, options in routers.items() if "graphql_ide=None" not in options]
