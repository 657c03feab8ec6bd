"""A command given as one line, split into words as Docker Compose splits it (mattn/go-shellwords 1.0.12).

A backslash takes the next character as it is, in double quotes too. What would end the line early there (``;``,
``&``, ``|``, ``<``, ``>``) or is an error (a parenthesis) is refused: no shell reads this line.
"""

from __future__ import annotations

OPERATORS = ";&|<>()`"


def split(line: str) -> list[str]:
    """Return the words. Raises ValueError with what is wrong for a line that Docker would cut or refuse."""
    words: list[str] = []
    word: str | None = None
    quote, escaped = "", False
    for mark in line:
        if escaped:
            word, escaped = (word or "") + mark, False
        elif mark == "\\" and quote != "'":
            escaped = True
        elif quote:
            word, quote = (word or "", "") if mark == quote else ((word or "") + mark, quote)
        elif mark in "\"'":
            word, quote = word or "", mark
        elif mark in " \t\r\n":
            words, word = (words, None) if word is None else ([*words, word], None)
        elif mark in OPERATORS:
            raise ValueError(f"no shell reads this line, so {mark} has no meaning in it")
        else:
            word = (word or "") + mark
    if quote or escaped:
        raise ValueError(f"No closing {'quotation' if quote else 'character after the backslash'}")
    return words if word is None else [*words, word]
