"""A question about what to remember: options, of which one is right, and a sentence for each of the others."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from capsize.errors import CapsizeError
from capsize.stack.model import Location

Meaning = str | tuple[float, float]


@dataclass(frozen=True)
class Option:
    """An answer to choose. ``but`` says why a wrong one is wrong; the right one has none.

    ``stands_for`` is what the question's source must be for it to be right: a range of numbers, or an answer's id.
    """

    text: str
    stands_for: Meaning
    but: str = ""

    @property
    def is_right(self) -> bool:
        return not self.but


@dataclass(frozen=True)
class RecallQuestion:
    """One question of a lab. ``source`` is what its right answer is computed from, in a test.

    ``because`` is the sentence to remember.
    """

    slug: str
    name: str
    asks: str
    because: str
    source: str
    options: tuple[Option, ...]
    place: Location

    @property
    def key(self) -> str:
        """Its name in the score, among those of all labs."""
        return f"{self.slug}/{self.name}"

    @property
    def texts(self) -> list[str]:
        return [option.text for option in self.options]

    def shuffled(self, seed: object) -> RecallQuestion:
        """Return the question with its options in another order, so that a place need not be remembered."""
        draw = random.Random(f"{seed} {self.key}")
        return replace(self, options=tuple(draw.sample(self.options, len(self.options))))

    def option(self, said: object) -> Option:
        """Find what was said among the options. Raises CapsizeError where it is none of them."""
        for option in self.options:
            if option.text == said:
                return option
        raise CapsizeError("this is not an option of the question", expected=" · ".join(self.texts), got=repr(said))

    def told(self, said: object) -> str:
        """Say whether an answer is right, and why, in a sentence."""
        option = self.option(said)
        return f"Right. {self.because}" if option.is_right else f"No. {option.but}"
