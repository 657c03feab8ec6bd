"""The course's start page: what labs there are, how far you are, and what is due; made from the course's own files."""

from capsize.start_page.pages import PAGES, page_of

__all__ = ["PAGES", "page_of"]
