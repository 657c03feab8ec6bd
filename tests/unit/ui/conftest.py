"""A stack that is not there, for what only shows one."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from capsize.errors import CapsizeError


class PretendStack:
    """What a board asks of a stack. ``acts`` is what was done; ``held`` keeps an act from ending until it is set."""

    def __init__(self) -> None:
        self.name = "01_monolith"
        self.model = SimpleNamespace(services={"shop": None, "db": None})
        self.state, self.seconds, self.looks = "up", 0.0, 0
        self.acts: list[dict[str, Any]] = []
        self.held = threading.Event()
        self.held.set()

    def snapshot(self) -> dict[str, Any]:
        self.looks += 1
        self.seconds += 0.25
        return {"stack": self.name, "state": self.state, "seconds": self.seconds, "services": [], "edges": []}

    def logs(self, who: str, lines: int, at: float | None = None) -> str:
        if who == "shop-9":
            raise CapsizeError("no instance named 'shop-9'", expected="shop-1 or db-1")
        return "ready\nserved" if at is None else f"ready\n{at} s\nserved"

    def act(self, request: dict[str, Any]) -> None:
        if request.get("who") == "shop-9":
            raise CapsizeError("no instance named 'shop-9'", expected="shop-1 or db-1")
        if request.get("do") == "stop":
            self.held.wait(5)
        self.acts.append(request)


@pytest.fixture
def stack() -> PretendStack:
    return PretendStack()
