"""A Dockerfile as instructions: lines joined, comments and heredocs left out, each with its place and its words."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from capsize.stack.model import Location
from capsize.stack.refusal import StackFileError, shorten

HEREDOC = re.compile(r"<<-?[\"']?([A-Za-z_][A-Za-z0-9_]*)[\"']?")
DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*$")
OPTION = re.compile(r"--([a-z-]+)(?:=(\S*))?(?:\s+|$)")
VARIABLE = re.compile(r"\\(\$)|\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^{}]*))?\})")
LARGEST = 256 * 1024


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word in capitals, its options, and the text behind them."""

    place: Location
    word: str
    options: Mapping[str, str]
    text: str

    def refuse(self, what: str, *, expected: str | None = None, got: str | None = None) -> StackFileError:
        """Make the error that names this line; the caller raises it."""
        return StackFileError(what, place=self.place, key=self.word, expected=expected, got=got or shorten(self.text))

    def exec_form(self) -> tuple[str, ...] | None:
        """Return the words of a JSON list; None where the text is none, and so a line for the shell."""
        if not self.text.startswith("["):
            return None
        try:
            words = json.loads(self.text)
        except ValueError:
            return None
        return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else None

    def words(self) -> tuple[str, ...]:
        """Split the text as the builder does: a JSON list, or words with quotes."""
        try:
            return self.exec_form() or tuple(shlex.split(self.text))
        except ValueError as error:
            raise self.refuse(f"this line cannot be split: {error}") from error


def read(file: Path) -> tuple[Instruction, ...]:
    """Read a Dockerfile. Raise StackFileError where there is none, or where it is no text."""
    try:
        text = file.read_bytes()[: LARGEST + 1].decode()
    except (OSError, UnicodeDecodeError) as error:
        raise StackFileError(
            "this Dockerfile cannot be read", place=Location(file, 1), expected="a text file", got=_why(error)
        ) from error
    return tuple(_instruction(Location(file, line), words) for line, words in _logical(text, file))


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "bytes that are not UTF-8"


def _logical(text: str, file: Path) -> Iterator[tuple[int, str]]:
    """Yield each instruction on one line, with the number of its first."""
    lines = iter(enumerate(text.splitlines(), 1))
    whole, began = "", 0
    for number, line in lines:
        words = line.strip()
        _refuse_directive(words, Location(file, number), is_first=not began)
        if not words or words.startswith("#"):
            continue
        began = number if not whole else began
        whole += words.removesuffix("\\")
        if not words.endswith("\\"):
            for end in HEREDOC.findall(whole) if whole[:4].upper() in ("RUN ", "COPY", "ADD ") else ():
                next((None for _, inner in lines if inner.strip() == end), None)
            yield began, whole
            whole = ""
    if whole:
        yield began, whole


def _refuse_directive(words: str, place: Location, *, is_first: bool) -> None:
    found = DIRECTIVE.match(words) if is_first else None
    if found and found[1].lower() == "escape" and found[2] != "\\":
        raise StackFileError("this escape character is not supported", place=place, expected="\\", got=found[2])


def _instruction(place: Location, line: str) -> Instruction:
    word, *others = line.split(None, 1)
    options, rest = dict[str, str](), "".join(others)
    while word.upper() not in ("CMD", "ENTRYPOINT", "RUN", "ENV", "LABEL") and (found := OPTION.match(rest)):
        options[found[1]] = found[2] or ""
        rest = rest[found.end() :]
    return Instruction(place, word.upper(), options, rest)


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Fill in ``$NAME``, ``${NAME}``, ``${NAME:-default}`` and ``${NAME:+word}``; an unknown name is empty."""
    return VARIABLE.sub(lambda found: _value(found, variables), text)


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found[1]:
        return "$"
    value, operator, word = variables.get(found[2] or found[3], ""), found[4] or "", found[5] or ""
    if operator.endswith("-"):
        return value or word
    return (word if value else "") if operator.endswith("+") else value
