"""A lab's deck: Markdown with notes, minutes and measured figures, shown by reveal.js with the network unplugged."""

from capsize.slides.deck import Deck, Slide, read
from capsize.slides.demo import prepare_demo
from capsize.slides.server import say_agenda, serve

__all__ = ["Deck", "Slide", "prepare_demo", "read", "say_agenda", "serve"]
