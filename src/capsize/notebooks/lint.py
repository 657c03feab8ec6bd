"""Hold one lab's notebook to every house rule."""

from __future__ import annotations

from capsize.course.lab_paths import Rooms
from capsize.notebooks.notebook import read
from capsize.notebooks.rules import RULES, Finding


def lint(rooms: Rooms) -> list[Finding]:
    """Give what breaks a rule, in the order of the rules; nothing is run."""
    notebook = read(rooms)
    return [finding for rule in RULES for finding in rule(notebook)]
