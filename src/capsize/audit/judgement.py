"""The judgement on one factor: what was done, what held beforehand, what was seen, and the verdict that follows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from capsize.audit.factors import Factor

Says = Literal["holds", "fails", "unjudged"]
WORDS: dict[Says, str] = {"holds": "holds", "fails": "fails", "unjudged": "could not be judged"}


@dataclass(frozen=True)
class Judgement:
    """``because`` is the observation that decides, in one sentence; of an unjudged factor, what was missing.

    ``control`` is what was made sure of beforehand. ``remarks`` were seen too and decide nothing.
    """

    factor: Factor
    verdict: Says
    because: str
    did: str = ""
    control: str = ""
    evidence: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The verdict as a person says it."""
        return WORDS[self.verdict]

    def to_json(self) -> dict[str, Any]:
        factor = {"factor": self.factor.numeral, "name": self.factor.name}
        own = {key: value for key, value in asdict(self).items() if key != "factor"}
        return factor | own | {"evidence": list(self.evidence), "remarks": list(self.remarks)}


def exit_code(judgements: tuple[Judgement, ...]) -> int:
    """Say it to a script as checks do: 0 all hold, 1 one fails, 2 one or more could not be judged."""
    verdicts = {judgement.verdict for judgement in judgements}
    if not verdicts or "unjudged" in verdicts:
        return 2
    return 1 if "fails" in verdicts else 0
