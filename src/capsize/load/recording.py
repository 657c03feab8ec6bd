"""Collects what a driver says while it runs, and makes the report of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from capsize.errors import CapsizeError
from capsize.load.bucket import Bucket, from_message, merged
from capsize.load.child import LoadProcess
from capsize.load.driver.meter import WIDTH
from capsize.load.order import Order
from capsize.load.report import LoadReport
from capsize.stack.model import Location

Happened = Iterable[tuple[float, str]]
Marks = Happened | Callable[[], Happened] | None
OnBucket = Callable[[Bucket], object] | None


class Recording:
    """One run as it comes in."""

    def __init__(self, order: Order, on_bucket: OnBucket) -> None:
        self.order, self.on_bucket = order, on_bucket
        self.offered = order.offered()
        self.began: float | None = None
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        self.buckets: list[Bucket] = []
        self.mistakes: Mapping[str, int] = {}
        self.ended = self.interrupted = False

    def take(self, message: Mapping[str, Any]) -> None:
        """Note one message; raise what the driver could not go on with."""
        match message["kind"]:
            case "begin":
                self.began = message["at"]
            case "bucket":
                self._add(message)
            case "end":
                self.ended, self.mistakes = True, message["mistakes"]
            case "broken":
                raise _broken(message)

    def interrupt(self) -> bool:
        """Note that the run is ended early; tell whether there is anything to keep of it."""
        self.interrupted = self.began is not None
        return self.interrupted

    def finish(self, child: LoadProcess) -> None:
        """Raise if the driver ended without a word and nobody had asked it to."""
        if not self.ended and not self.interrupted:
            raise child.crashed()

    def report(self, marks: Marks) -> LoadReport:
        """Make the report; raise if nothing was sent, for a report of zeros would look like a measurement."""
        if not sum(bucket.sent for bucket in self.buckets):
            raise self._nothing_sent()
        order, measured = self.order, self.buckets[-1].elapsed
        return LoadReport(
            users=order.users,
            seconds=order.seconds,
            rate=order.rate,
            ramp=order.ramp,
            locustfile=order.locustfile.name,
            host=order.host,
            started=self.started,
            measured=measured,
            interrupted=self.interrupted,
            buckets=_whole(self.buckets),
            marks=_within(marks, self.began or 0.0, measured),
            mistakes=self.mistakes,
        )

    def _add(self, message: Mapping[str, Any]) -> None:
        bucket = from_message(message, self._planned(message["at"], message["seconds"]))
        self.buckets.append(bucket)
        if self.on_bucket:
            self.on_bucket(bucket)

    def _planned(self, at: float, seconds: float) -> int | None:
        if self.offered is None:
            return None
        planned = self.offered[min(round(at / WIDTH), len(self.offered) - 1)]
        full = min(WIDTH, self.order.seconds - at)
        return planned if seconds > full - 1e-6 else round(planned * seconds / full)

    def _nothing_sent(self) -> CapsizeError:
        why = [f"{times} x {words}" for words, times in self.mistakes.items()]
        return CapsizeError(
            "no request was sent, so there is nothing to report",
            place=self.order.locustfile,
            expected="at least one request: a @task that calls self.client",
            got="; ".join(why) or "users that started and sent nothing",
        )


def _broken(message: Mapping[str, Any]) -> CapsizeError:
    file = Path(message["file"])
    return CapsizeError(
        f"the Locust file does not run: {message['what']}",
        place=Location(file, message["line"]) if message["line"] else file,
        evidence=message["evidence"],
        next=f"correct {file.name}, then run the load again",
    )


def _whole(buckets: list[Bucket]) -> tuple[Bucket, ...]:
    """Join a last sliver to its neighbour: a rate over a millisecond means nothing."""
    if len(buckets) > 1 and buckets[-1].seconds < WIDTH / 4:
        return (*buckets[:-2], merged(buckets[-2:]))
    return tuple(buckets)


def _within(marks: Marks, began: float, measured: float) -> tuple[tuple[float, str], ...]:
    happened = marks() if callable(marks) else marks or ()
    seconds = ((at - began, text) for at, text in happened)
    return tuple(sorted((round(at, 3), text) for at, text in seconds if 0 <= at <= measured))
