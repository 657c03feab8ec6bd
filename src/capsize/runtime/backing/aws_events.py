"""What moto's EventBridge does less than AWS', put back in our process, and counts of what each rule and target got.

A replay keeps to its window, to the rules that it names, and to the events' ids. A target that fails costs nobody else
the event, which goes to its dead-letter queue. A pattern with an unknown operator or sign is refused. Imports moto.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.events import models
from moto.events.exceptions import InvalidEventPatternException
from moto.sqs import sqs_backends

from capsize.runtime.backing.aws_targets import Event, Target, hand_over, is_archive, moment, whole

MOST_RETRIES = 5  # of a target, one right after the other; AWS' go on for a day
OPERATORS = frozenset(
    ("prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists", "cidr", "wildcard")
)
COMPARISONS = ("<", "<=", "=", ">", ">=")


@dataclass
class RuleCounts:
    """What became of a rule's events: how many it was asked about, how many matched, what each target got or not."""

    seen: int = 0
    matched: int = 0
    got: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


_counts: defaultdict[str, RuleCounts] = defaultdict(RuleCounts)  # by the rule's ARN
_counting = threading.Lock()
_validate_as_moto_does = models.EventPatternParser._validate_event_pattern


def close_the_gaps() -> None:
    """Put our functions in the place of moto's; once is enough."""
    models.Replay.replay_events = _replay
    models.Rule.send_to_targets = _send
    models.EventPatternParser._validate_event_pattern = _validate


def rules() -> Iterator[dict[str, Any]]:
    """Describe each rule of each bus with its counts, a row for each target, as ``capsize.runtime.queues.Rule``."""
    for account in list(models.events_backends.values()):
        for region in list(account.values()):
            for bus in list(region.event_buses.values()):
                for rule in list(bus.rules.values()):
                    yield from _rows(bus.name, rule)


def _rows(bus: str, rule: Any) -> Iterator[dict[str, Any]]:
    if rule.managed_by:  # an archive's
        return
    counts = _counts[rule.arn]
    same = {"bus": bus, "name": rule.name, "seen": counts.seen, "matched": counts.matched}
    for target in list(rule.targets) or [{"Id": "", "Arn": ""}]:
        name = target["Id"]
        got, failed = counts.got[name], counts.failed[name]
        yield {**same, "target": _shown(target), "got": got, "failed": failed}


def _shown(target: Target) -> str:
    """Name a target as a board does: queue letters, api bonus."""
    kinds = {"sqs": "queue", "states": "state machine", "sns": "topic", "events": "api"}
    if not target["Arn"]:
        return ""
    arn = models.parse_arn(target["Arn"])
    kind = "bus" if arn.resource_type == "event-bus" else kinds.get(arn.service, arn.service)
    name = arn.resource_id.rpartition(":")[2] if arn.service == "states" else arn.resource_id.partition("/")[0]
    return f"{kind} {name}"


def _replay(self: Any, archive: Any) -> None:
    buses = models.events_backends[self.account_id][self.region]
    bus = buses.describe_event_bus(self.destination["Arn"].split("/")[-1])
    wanted = self.destination.get("FilterArns") or [rule.arn for rule in bus.rules.values()]
    begins, ends = moment(self.event_start_time), moment(self.event_end_time)
    for event in [one for one in archive.events if begins <= moment(one["time"]) < ends]:
        for rule in [one for one in bus.rules.values() if one.arn in wanted]:
            rule.send_to_targets({**event, "replay-name": self.name})
    self.state, self.end_time = models.ReplayState.COMPLETED, models.unix_time()


def _send(self: Any, event: Event, transform_input: bool = True) -> None:
    """Give an event to all targets of a rule that it matches, each for itself."""
    if self.state != "ENABLED":
        return
    matches = self.event_pattern.matches_event(event)
    counts = _counts[self.arn]
    with _counting:
        counts.seen += 1
        counts.matched += matches
    for target in list(self.targets) if matches else ():
        if not is_archive(target):
            _deliver(self, target, event, counts)
        elif "replay-name" not in event:
            hand_over(self, target, event)


def _deliver(rule: Any, target: Target, event: Event, counts: RuleCounts) -> None:
    retries = min(int(target.get("RetryPolicy", {}).get("MaximumRetryAttempts", 0)), MOST_RETRIES)
    error = _failure(rule, target, event)
    while error and retries:
        error, retries = _failure(rule, target, event), retries - 1
    if error:
        _give_up(rule, target, event, error)
    with _counting:
        (counts.failed if error else counts.got)[target["Id"]] += 1


def _failure(rule: Any, target: Target, event: Event) -> Exception | None:
    """Try to hand an event over; return what went wrong, which is this target's alone."""
    try:
        hand_over(rule, target, event)
    except Exception as error:
        return error
    return None


def _give_up(rule: Any, target: Target, event: Event, error: Exception) -> None:
    """Put an event into the dead-letter queue of a target, where it has one that is there."""
    letters = target.get("DeadLetterConfig", {}).get("Arn", "")
    words = {"RULE_ARN": rule.arn, "TARGET_ARN": target["Arn"], "ERROR_CODE": type(error).__name__}
    words["ERROR_MESSAGE"] = str(error) or words["ERROR_CODE"]
    told = {name: {"DataType": "String", "StringValue": value} for name, value in words.items()}
    queues, name = sqs_backends[rule.account_id][rule.region_name], letters.rpartition(":")[2]
    if name in queues.queues:
        queues.send_message(queue_name=name, message_body=json.dumps(whole(event)), message_attributes=told)


def _validate(self: Any, pattern: dict[str, Any]) -> None:
    _validate_as_moto_does(self, pattern)
    for name, value in pattern.items():
        for each in value if isinstance(value, list) and name != "$or" else ():
            if isinstance(each, dict) and (len(each) != 1 or not set(each) <= OPERATORS):
                raise InvalidEventPatternException(reason=f"Unrecognized match type {', '.join(each)}")
            _validate_numbers(each)


def _validate_numbers(each: Any) -> None:
    told = each.get("numeric", []) if isinstance(each, dict) else []
    signs, numbers = (told[::2], told[1::2]) if isinstance(told, list) else ([told], [])
    if odd := [sign for sign in signs if sign not in COMPARISONS]:
        raise InvalidEventPatternException(reason=f"Unrecognized numeric range operator: {odd[0]}")
    if len(signs) > len(numbers) or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise InvalidEventPatternException(reason="Value of < must be numeric")
