"""The course, as the six rooms hold it: there is no second list of labs anywhere."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from capsize.course.exercises import OWN, Exercise
from capsize.course.lab import Lab
from capsize.course.lab_paths import Rooms, find_root, find_slugs
from capsize.errors import CapsizeError

__all__ = ["Course", "Exercise", "Lab"]


@dataclass(frozen=True)
class Course:
    """Every lab below one root, in order."""

    root: Path

    @classmethod
    def here(cls) -> Course:
        """Open the course that this folder, CAPSIZE_HOME or the installed kit belongs to."""
        return cls(find_root())

    @property
    def slugs(self) -> tuple[str, ...]:
        return find_slugs(self.root)

    def lab(self, which: str | int, code: str | Path | None = None) -> Lab:
        """Open a lab by its slug, number or name: "01_monolith", "01", 1, "monolith".

        With the name of its task on your own, "1.own", it has that task's stack.
        """
        words = str(which)
        lab = Lab(
            Rooms(self.root, self.slug(words.removesuffix(OWN))), code or os.environ.get("CAPSIZE_CODE") or "work"
        )
        return lab.of(lab.exercise(f"{int(lab.slug[:2])}{OWN}")) if words.endswith(OWN) else lab

    def labs(self) -> tuple[Lab, ...]:
        return tuple(self.lab(slug) for slug in self.slugs)

    def find(self, which: str, code: str | Path | None = None) -> tuple[Lab, tuple[Exercise, ...]]:
        """Find what an exercise's id ("1.1") or a lab's name means: the lab, and that exercise or all of them."""
        number = re.fullmatch(r"(\d+)\.(\d+|own)", which)
        if number:
            lab = self.lab(int(number[1]), code)
            return lab, (lab.exercise(which),)
        lab = self.lab(which, code)
        return lab, lab.exercises

    def slug(self, which: str | int) -> str:
        """Say which slug is meant. Raises CapsizeError with the near misses and the list."""
        wanted = str(which).strip()
        slugs = self.slugs
        for slug in slugs:
            number, name = slug.split("_", 1)
            if wanted in (slug, number, name, number.lstrip("0")):
                return slug
        close = difflib.get_close_matches(wanted, [*slugs, *(slug[3:] for slug in slugs)], cutoff=0.5)
        raise CapsizeError(
            f"there is no lab {wanted}",
            expected=", ".join(slugs) or "a lab below labs/, and there is none",
            next=f"capsize.lab({close[0]!r})" if close else "capsize labs",
        )
