"""The one error that the kit raises: what, where, expected, got, evidence, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class CapsizeError(Exception):
    """Say what went wrong in words that a learner can act on.

    ``place`` prints as file:line; ``evidence`` is a list of lines (the end of a log, a request).
    """

    def __init__(
        self,
        what: str,
        *,
        place: object = None,
        expected: str | None = None,
        got: str | None = None,
        evidence: Sequence[str] = (),
        next: str | None = None,  # noqa: A002 - the word that the message prints
    ) -> None:
        super().__init__(what)
        self.what, self.place, self.expected, self.got = what, place, expected, got
        self.evidence, self.next = tuple(evidence), next

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.place}: {self.what}" if self.place else self.what
        for title, words in (("expected", self.expected), ("got", self.got)):
            if words:
                yield f"  {title}: {words}"
        yield from (f"  | {line}" for line in self.evidence)
        if self.next:
            yield f"  next: {self.next}"
