"""The rules of the shop's bus, and the targets of each: queues, services that are called, a state machine."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from shop import cloud

PLACED = {"source": ["shop.orders"], "detail-type": ["OrderPlaced"]}
ORDERS = {"source": ["shop.orders"]}
ALL = {"source": [{"prefix": "shop."}]}
LETTERS = "dead-letters"  # the queue for what a target did not take
ROLE = "arn:aws:iam::123456789012:role/bus"
RETRIES = 2  # of a service that fails
LABEL = {"id": "$.detail.id", "pieces": "$.detail.pieces", "item": "$.detail.item"}
TEXT = '"<pieces> of <item> for order <id>"'
PASS = {"StartAt": "pack", "States": {"pack": {"Type": "Pass", "Next": "ship"}, "ship": {"Type": "Succeed"}}}


class Maker:
    """Makes what is missing, and changes what is there; so it may start again."""

    def __init__(self) -> None:
        self.events, self.sqs = cloud.client("events"), cloud.client("sqs")

    def bus(self) -> None:
        """Make the bus, the archive of all that comes, and the queue for dead letters."""
        if cloud.BUS_NAME not in [one["Name"] for one in self.events.list_event_buses()["EventBuses"]]:
            self.events.create_event_bus(Name=cloud.BUS_NAME)
            self.events.create_archive(ArchiveName=cloud.ARCHIVE_NAME, EventSourceArn=cloud.BUS)
        cloud.queue(self.sqs, LETTERS)

    def rule(self, name: str, pattern: dict[str, Any], *targets: dict[str, Any]) -> None:
        """Put a rule on the bus, with its targets."""
        self.events.put_rule(Name=name, EventBusName=cloud.BUS_NAME, EventPattern=json.dumps(pattern))
        letters = {"DeadLetterConfig": {"Arn": cloud.queue_arn(LETTERS)}}
        numbered = [{"Id": f"{name}-{number}", **letters, **target} for number, target in enumerate(targets, 1)]
        self.events.put_targets(Rule=name, EventBusName=cloud.BUS_NAME, Targets=numbered)

    def queue(self, name: str, **shape: Any) -> dict[str, Any]:
        """Describe a queue as a target."""
        cloud.queue(self.sqs, name)
        return {"Arn": cloud.queue_arn(name), **shape}

    def service(self, name: str, url: str) -> dict[str, Any]:
        """Describe a service as a target: an API destination, which is called with each event."""
        key = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "chandlery"}}
        link = self.events.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=key)
        where = {"InvocationEndpoint": f"{url}/events", "HttpMethod": "POST"}
        made = self.events.create_api_destination(Name=name, ConnectionArn=link["ConnectionArn"], **where)
        retry = {"MaximumRetryAttempts": RETRIES}
        return {"Arn": made["ApiDestinationArn"], "RoleArn": ROLE, "RetryPolicy": retry}

    def is_bare(self) -> bool:
        """Say whether moto's own image answers. It accepts an operator that there is not, which AWS refuses."""
        from botocore.exceptions import ClientError

        try:
            self.events.put_rule(Name="bare", EventPattern='{"any": [{"no such operator": "x"}]}')
        except ClientError:
            return False
        self.events.delete_rule(Name="bare")
        return True

    def machine(self, name: str) -> dict[str, Any]:
        """Describe a state machine as a target: each event starts an execution."""
        states = cloud.client("stepfunctions")
        known = [one["stateMachineArn"] for one in states.list_state_machines()["stateMachines"]]
        same = {"name": name, "definition": json.dumps(PASS), "roleArn": ROLE}
        arn = known[0] if known else states.create_state_machine(**same)["stateMachineArn"]
        return {"Arn": arn, "RoleArn": ROLE, "InputPath": "$.detail"}


def _patterns(maker: Maker) -> None:
    import patterns  # type: ignore[import-not-found]

    for name, pattern in patterns.PATTERNS.items():
        maker.rule(name, pattern, maker.queue(name))


def _targets(maker: Maker) -> None:
    text = {"InputTransformer": {"InputPathsMap": LABEL, "InputTemplate": TEXT}}
    machines = [] if maker.is_bare() else [maker.machine("packing")]  # which moto's own image would fail each event for
    maker.rule("targets", PLACED, maker.queue("desk"), maker.queue("labels", **text), *machines)


def _bonus(maker: Maker) -> None:
    maker.rule("bonus", PLACED, maker.service("bonus", os.environ["BONUS_URL"]))


def _discoverer(maker: Maker) -> None:
    maker.rule("discoverer", ALL, maker.service("registry", os.environ["REGISTRY_URL"]))


def _parcels(maker: Maker) -> None:
    maker.rule("parcels", ORDERS, maker.queue("parcels"))


def _teams(maker: Maker) -> None:
    maker.rule("packers", PLACED, maker.queue("packers"))
    maker.rule("letters", ORDERS, maker.queue("letters"))


MADE: dict[str, Callable[[Maker], None]] = {
    "patterns": _patterns,
    "targets": _targets,
    "bonus": _bonus,
    "discoverer": _discoverer,
    "parcels": _parcels,
    "teams": _teams,
}
