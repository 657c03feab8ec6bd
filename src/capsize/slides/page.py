"""A deck as one HTML page for reveal.js: a section per slide, which carries its Markdown, notes and minutes."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from capsize.slides.deck import Deck, Slide

_PAGE = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
_SECTION = """<section data-markdown data-separator="(?!)" data-separator-notes="^Note:$" data-timing="{seconds:.0f}">
<textarea data-template>
{text}

Note:
{notes}
</textarea></section>"""


def page(deck: Deck) -> str:
    """Write the deck as HTML that asks for nothing but the vendored assets and its own drawings."""
    return _PAGE.substitute(title=escape(deck.title), slides="\n".join(map(_section, deck.slides)))


def _section(slide: Slide) -> str:
    return _SECTION.format(seconds=slide.minutes * 60, text=escape(slide.text), notes=escape(slide.notes))
