"""Notes that outlive the process that makes them: numbers by name, in a file that is always whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from pathlib import Path


class Notes(MutableMapping[str, int]):
    """A dictionary of numbers on disk. When an assignment returns, the number is there for whoever comes next."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        self._numbers: dict[str, int] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}

    def __setitem__(self, name: str, number: int) -> None:
        self._numbers[name] = number
        self._save()

    def __delitem__(self, name: str) -> None:
        del self._numbers[name]
        self._save()

    def __getitem__(self, name: str) -> int:
        return self._numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def _save(self) -> None:
        beside = self._file.with_name(f"{self._file.name}.new")
        beside.write_text(json.dumps(self._numbers), encoding="utf-8")
        beside.replace(self._file)
