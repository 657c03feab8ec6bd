"""What every page of the course has: a head, a way to the other pages, and a place for its own part."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

FRAME = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
NAMES = {"": "Labs", "glossary": "Glossary", "verbs": "Verbs", "sheet": "Sheet to print"}


def framed(page: str, title: str, *parts: str) -> str:
    """Write a page: ``page`` is its name, ``parts`` are HTML."""
    links = "".join(_link(name, words, is_here=name == page) for name, words in NAMES.items())
    return FRAME.substitute(title=escape(title), style=STYLE, links=links, main="\n".join(parts))


def tag(name: str, *inside: str, **attributes: str) -> str:
    """Write an element around HTML; ``kind`` is its class."""
    written = "".join(f' {_named(key)}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inside)}</{name}>"


def _named(key: str) -> str:
    return "class" if key == "kind" else key.replace("_", "-")


def _link(name: str, words: str, *, is_here: bool) -> str:
    here = ' aria-current="page"' if is_here else ""
    return f'<a href="/course/{name}"{here}>{words}</a>'
