"""Envoy's own active health checks, as a target group asks for them, and what Envoy's log says of each answer.

Sources: Envoy's API reference v3 (health check, health check event); Elastic Load Balancing, "Health checks for
Application Load Balancer target groups": a check has a connection of its own, any status but 200 fails it, a target
that is registered is called when its first checks are over, and where none is healthy all are called.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from capsize.runtime.ports import Address
from capsize.runtime.wires.envoy_config import Json, typed
from capsize.stack.model import TargetGroupSpec

FLUSH = ("--file-flush-interval-msec", "20")  # Envoy keeps its log back for 10 s otherwise
FAILS_OPEN = {"value": 1}  # percent: fewer are healthy than this only where none is, and then all are called
REASONS = {"ACTIVE": "Target.ResponseCodeMismatch", "NETWORK_TIMEOUT": "Target.Timeout"}


def health_checks(group: TargetGroupSpec, log: Path) -> Json:
    """Return what a cluster gets that checks its own endpoints and writes every answer into ``log``."""
    kind = "extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink"
    check = {
        "interval": f"{group.interval:.3f}s",
        "no_traffic_interval": f"{group.interval:.3f}s",
        "timeout": f"{group.timeout:.3f}s",
        "healthy_threshold": group.healthy_threshold,
        "unhealthy_threshold": group.unhealthy_threshold,
        "reuse_connection": False,
        "http_health_check": {"path": group.path, "retriable_statuses": [{"start": 100, "end": 600}]},
        "event_logger": [typed("envoy.health_check.event_sink.file", kind, {"event_log_path": str(log)})],
        "always_log_health_check_failures": True,
        "always_log_health_check_success": True,
    }
    return {
        "health_checks": [check],
        "ignore_health_on_host_removal": True,
        "common_lb_config": {"update_merge_window": "0s", "healthy_panic_threshold": FAILS_OPEN},
    }


@dataclass(frozen=True)
class Check:
    """One answer to a health check: who was asked, where and by which cluster, and what it said.

    ``turned`` says that Envoy's opinion changed with it, or was formed by it.
    """

    cluster: str
    at: Address
    passed: bool
    turned: bool
    why: str


class HealthLog:
    """The log of Envoy's health checks, read as it grows."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._read, self._ejected = 0, set[tuple[str, Address]]()

    def news(self) -> Iterator[Check]:
        """Yield the answers that came since the last look."""
        for line in self._lines():
            event = json.loads(line)
            address = event["host"]["socket_address"]
            who = event["cluster_name"], (address["address"], address["port_value"])
            if "eject_unhealthy_event" in event:
                self._ejected.add(who)  # the failure that did it is told by the next line
            elif failure := event.get("health_check_failure_event"):
                turned = failure["first_check"] or who in self._ejected
                self._ejected.discard(who)
                yield Check(*who, passed=False, turned=turned, why=_why(failure))
            elif "add_healthy_event" in event or "successful_health_check_event" in event:
                yield Check(*who, passed=True, turned="add_healthy_event" in event, why="answers 200")

    def _lines(self) -> list[bytes]:
        if not self.file.exists():
            return []
        with self.file.open("rb") as file:
            file.seek(self._read)
            whole, _, _ = file.read().rpartition(b"\n")
        self._read += len(whole) + 1 if whole else 0
        return whole.splitlines()


def _why(failure: Json) -> str:
    reason = REASONS.get(failure["failure_type"], "Target.FailedHealthChecks")
    status = failure.get("http_status_code")
    return f"{reason}: answers {status}" if status else reason
