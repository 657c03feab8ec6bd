"""What a run is asked to do, checked: the file, the address, how many users, how long, how fast."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from capsize.errors import CapsizeError
from capsize.load.driver.address import is_loopback
from capsize.load.driver.meter import WIDTH
from capsize.load.driver.pace import Schedule

MOST_USERS, MOST_SECONDS, MOST_RATE = 2000, 600.0, 5000.0


@dataclass(frozen=True)
class Order:
    """A run before it runs. ``rate`` is requests per second of all users together; None is a closed loop."""

    locustfile: Path
    host: str
    users: int
    seconds: float
    rate: float | None = None
    ramp: float = 0.0

    def __post_init__(self) -> None:
        _whole("users", self.users, MOST_USERS)
        _within("seconds", self.seconds, WIDTH, MOST_SECONDS)
        if self.rate is not None:
            _within("rate", self.rate, 0.1, MOST_RATE)
        _within("ramp", self.ramp, 0.0, self.seconds)
        if not self.locustfile.is_file():
            raise CapsizeError("there is no such Locust file", place=self.locustfile, next="capsize labs")
        if not is_loopback(self.host):
            raise CapsizeError(
                "a load may be sent to this machine only",
                expected="http://127.0.0.1:PORT or http://localhost:PORT",
                got=str(self.host),
            )

    def offered(self) -> list[int] | None:
        """Count what each bucket will offer; None in a closed loop, which offers what it sends."""
        if self.rate is None:
            return None
        return Schedule(self.users, self.rate, self.ramp).offered(self.seconds, WIDTH)

    def words(self) -> str:
        """Say it for the driver."""
        return json.dumps(
            {
                "locustfile": str(self.locustfile.resolve()),
                "host": self.host.rstrip("/"),
                "users": self.users,
                "seconds": self.seconds,
                "rate": self.rate,
                "ramp": self.ramp,
            }
        )


def _whole(name: str, value: object, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise CapsizeError(f"{name} is out of range", expected=f"a whole number from 1 to {most}", got=repr(value))


def _within(name: str, value: object, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise CapsizeError(f"{name} is out of range", expected=f"a number from {least:g} to {most:g}", got=repr(value))
