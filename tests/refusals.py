"""The words of each refusal, without its numbers: ``tests/wrong/refusals/08_health.toml``.

After a deliberate change of words, ``python tests/refusals.py 08`` writes a lab's anew, ``8.1_no_probe`` an answer's,
and nothing all. ``--add`` keeps what is there: some answers are not refused with the same words in every run. Take the
line ``got`` away where a race decides what is got; then what was expected is compared alone, and stays so.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from answers import Answer
from the_course import ROOT, answers, check

from capsize.check.verdict import Verdict
from capsize.check.wording import without_numbers


@dataclass(frozen=True)
class Refusal:
    """What a verdict expected and got, without numbers; ``got`` is None where it may be anything."""

    expected: str
    got: str | None

    @classmethod
    def of(cls, verdict: Verdict) -> Refusal:
        return cls(without_numbers(verdict.expected), without_numbers(verdict.got))

    @staticmethod
    def faults(verdict: Verdict, answer: Answer) -> list[str]:
        """List what a verdict lacks of the refusal that the bank of answers names: its reason, its acceptance line."""
        own = replace(verdict, line=0, accept="").text  # the acceptance line is no words of the refusal's own
        right = answer.line in (None, verdict.line)
        return [
            *([] if verdict.status == "refused" else [f"it is {verdict.status}, not refused"]),
            *([] if answer.says in own else [f"not for its own reason: {answer.says}"]),
            *([] if right else [f"it breaks acceptance line {answer.line}, and was refused for line {verdict.line}"]),
        ]

    def fits(self, other: Refusal) -> bool:
        """Return whether a verdict's words are these."""
        return self.expected == other.expected and self.got in (None, other.got)

    def __str__(self) -> str:
        return f"  expected: {self.expected}\n  got: {self.got or 'anything'}"


def refusals(slug: str) -> dict[str, list[Refusal]]:
    """Read the refusals of a lab's wrong answers, by the id of the answer."""
    file = _file(slug)
    tables = tomllib.loads(file.read_text()) if file.exists() else {}
    return {answer: [Refusal(one["expected"], one.get("got")) for one in known] for answer, known in tables.items()}


def write(slug: str, known: Mapping[str, Iterable[Refusal]]) -> None:
    """Write a lab's refusals in the order of its answers."""
    order = [answer.id for answer in answers("wrong") if answer.slug == slug]
    tables = [_table(answer, refusal) for answer in order for refusal in known.get(answer, ())]
    _file(slug).parent.mkdir(exist_ok=True)
    _file(slug).write_text("\n\n".join([f"# Written by: python tests/refusals.py {slug[:2]}", *tables]) + "\n")


def _file(slug: str) -> Path:
    return ROOT / "tests" / "wrong" / "refusals" / f"{slug}.toml"


def _table(id: str, refusal: Refusal) -> str:  # noqa: A002 - the word of the file
    got = [] if refusal.got is None else [f"got = {_quoted(refusal.got)}"]
    return "\n".join([f'[["{id}"]]', f"expected = {_quoted(refusal.expected)}", *got])


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def renewed(known: Iterable[Refusal], new: Refusal, *, add: bool) -> list[Refusal]:
    """Return what is known with the new words, unless they fit; without ``add``, what does not fit them goes."""
    kept = [one for one in known if add or one.fits(new)]
    return kept if any(one.fits(new) for one in kept) else [*kept, new]


def renew(answer: Answer, *, add: bool) -> bool:
    """Check an answer and write its refusal; False if it is not refused for its own reason."""
    with tempfile.TemporaryDirectory() as folder:
        verdict = check(answer.exercise, answer.laid_out(Path(folder)))[0]
    if faults := Refusal.faults(verdict, answer):
        print("\n".join([f"{answer.id} is not refused as its bank says:", *faults, verdict.text]))
        return False
    known, new = refusals(answer.slug), Refusal.of(verdict)
    write(answer.slug, {**known, answer.id: renewed(known.get(answer.id, ()), new, add=add)})
    print(f"{answer.id}\n{new}")
    return True


def main(names: list[str]) -> int:
    """Write the refusals of the named labs and answers, or of all."""
    add, names = "--add" in names, [name for name in names if name != "--add"]
    called = {answer: {answer.id, answer.slug, answer.slug[:2]} for answer in answers("wrong")}
    unknown = set(names).difference(*called.values())
    if unknown:
        sys.exit(f"no lab with wrong answers and no wrong answer is called {', '.join(sorted(unknown))}")
    done = [renew(answer, add=add) for answer, names_of_it in called.items() if not names or names_of_it & set(names)]
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
