"""The learner's copies of the notebooks: work/<slug>.ipynb, so that what JupyterLab saves is never in git's way.

They lie as deep as labs/ does, so that every link of a notebook holds in its copy too. A copy has no outputs: nobody
should read what a cell shows before they have predicted it and run it. Where its text names a file of yours, it is a
link to it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from capsize import files
from capsize.course.lab_paths import Rooms
from capsize.course.workspace import digest, digest_of

YOURS = re.compile(r"(?<!\[)`work/([\w./-]+\.\w+)`")  # a file, named in code and not linked yet


def copy_of(rooms: Rooms) -> Path:
    """Return the learner's copy of a lab's notebook: made on first use, made anew while it is as it was made."""
    copy, mark, words = rooms.root / "work" / rooms.notebook.name, _mark(rooms), blank(rooms.notebook)
    own, present = digest(copy), digest_of(words)
    if not own or (own != present and mark.exists() and mark.read_text(encoding="utf-8") == own):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(present, encoding="utf-8")
        files.replace(copy, words)
    return copy


def blank(notebook: Path) -> bytes:
    """Read a notebook as one that nobody has run: without outputs and numbers, and with links to its files."""
    page = json.loads(notebook.read_bytes())
    for cell in page["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
        elif cell["cell_type"] == "markdown":
            cell["source"] = [YOURS.sub(r"[`work/\1`](\1)", line) for line in cell["source"]]
    return (json.dumps(page, indent=1, ensure_ascii=False) + "\n").encode()


def notice(rooms: Rooms) -> str | None:
    """Say that the course's notebook has changed since the learner's copy was made and worked in, if it has."""
    mark = _mark(rooms)
    if not mark.exists() or mark.read_text(encoding="utf-8") == digest_of(blank(rooms.notebook)):
        return None
    copy, kept = f"work/{rooms.notebook.name}", f"work/{rooms.slug}-mine.ipynb"
    words = f"labs/{rooms.notebook.name} changed since you began; {copy} is as you left it"
    return f"{words}\n  to take the new one: mv {copy} {kept}"


def _mark(rooms: Rooms) -> Path:
    """Where it is kept which notebook the copy was made from."""
    return rooms.root / "work" / ".begun" / f"{rooms.slug}.notebook"
