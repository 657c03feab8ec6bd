"""A lab's deck: Markdown with notes, minutes and measured figures, shown by reveal.js with the network unplugged."""

from capsize.slides.deck import Deck, Slide, read
from capsize.slides.server import serve

__all__ = ["Deck", "Slide", "read", "serve"]
