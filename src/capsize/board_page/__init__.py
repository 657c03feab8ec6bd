"""The board on a page of its own: for a projector, for an editor without notebooks, for somebody's own stack."""

from capsize.board_page.server import serve

__all__ = ["serve"]
