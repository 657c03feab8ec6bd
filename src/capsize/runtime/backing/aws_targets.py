"""How an event gets to one target of a rule: what the target is shown, and the call that hands it over.

Imports moto, so only the process behind ``motoserver/moto`` may import this.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import os
import re
import uuid
from typing import Any

import boto3
import requests
from moto.events import models
from moto.sqs import sqs_backends

Event = dict[str, Any]
Target = dict[str, Any]

ANSWERS_WITHIN = 5.0  # seconds that an API destination has, as on AWS
NAMED = re.compile(r"<([\w.-]+)>")
PLACES = re.compile(r'"(?:[^"\\]|\\.)*"|<[\w.-]+>')  # of a template: a string, or a name without quotes
WHOLE = "aws.events.event.json"  # the name that stands for all of the event

send_as_moto_does = models.Rule.send_to_targets


def hand_over(rule: Any, target: Target, event: Event) -> None:
    """Give an event to a target of a rule. Raises whatever keeps it from getting there."""
    arn = models.parse_arn(target["Arn"])
    kind = arn.resource_type if arn.service == "events" else ""
    if arn.service == "sqs":
        group = target.get("SqsParameters", {}).get("MessageGroupId")
        queues = sqs_backends[arn.account][arn.region]
        queues.send_message(queue_name=arn.resource_id, message_body=_text(target, event), group_id=group)
    elif arn.service == "sns":
        from moto.sns import sns_backends

        sns_backends[arn.account][arn.region].publish(_text(target, event), arn=target["Arn"])
    elif arn.service == "states":
        machines = boto3.client("stepfunctions", region_name=arn.region, endpoint_url=_ourselves())
        machines.start_execution(stateMachineArn=target["Arn"], name=str(uuid.uuid4()), input=_text(target, event))
    elif kind == "api-destination":
        _call(rule, rule._find_api_destination(arn.resource_id), target, event)
    else:
        _as_moto_does(rule, target, event)


def is_archive(target: Target) -> bool:
    """Say whether a target is where moto keeps an archive."""
    arn = models.parse_arn(target["Arn"])
    return arn.service == "events" and not arn.resource_type


def whole(event: Event) -> Event:
    """Return an event as targets see it: no field of moto's own, and its time as AWS writes it."""
    shown = {name: value for name, value in event.items() if name != "ingestion-time"}
    return {**shown, "time": moment(event["time"]).strftime("%Y-%m-%dT%H:%M:%SZ")}


def moment(at: Any) -> dt.datetime:
    """Return a time that moto keeps as a number, a text or a datetime."""
    if isinstance(at, dt.datetime):
        return at.astimezone(dt.UTC)
    try:
        return dt.datetime.fromtimestamp(float(at), dt.UTC)
    except ValueError:
        return dt.datetime.fromisoformat(at).astimezone(dt.UTC)


def shown_to(target: Target, event: Event) -> Any:
    """Return what a target is shown of an event, by its Input, InputPath or InputTransformer."""
    if "Input" in target:
        return json.loads(target["Input"])
    if "InputPath" in target:
        return _at(target["InputPath"], whole(event))
    if "InputTransformer" in target:
        made = target["InputTransformer"]
        return transformed(made["InputTemplate"], made.get("InputPathsMap", {}), whole(event))
    return whole(event)


def transformed(template: str, paths: dict[str, str], event: Event) -> Any:
    """Fill in a template: a name alone becomes the JSON of its value, a name within a string becomes its text."""
    values = {name: _at(path, event) for name, path in paths.items()} | {WHOLE: event}

    def text(name: re.Match[str]) -> str:
        value = values.get(name[1])
        return json.dumps(value if isinstance(value, str) else json.dumps(value))[1:-1]

    def filled(place: re.Match[str]) -> str:
        found = place[0]
        return NAMED.sub(text, found) if found.startswith('"') else json.dumps(values.get(found[1:-1]))

    return json.loads(PLACES.sub(filled, template))


def _at(path: str, event: Event) -> Any:
    """Return what is at a path such as ``$.detail.id``; None where nothing is."""
    found: Any = event
    for part in path.removeprefix("$").strip(".").split("."):
        found = found.get(part) if part and isinstance(found, dict) else found
    return found


def _text(target: Target, event: Event) -> str:
    return json.dumps(shown_to(target, event))


def _call(rule: Any, destination: Any, target: Target, event: Event) -> None:
    """Call an API destination with the event as its body and its connection's key."""
    given = target.get("HttpParameters", {})
    headers = given.get("HeaderParameters", {}) | _key(rule, destination)
    with requests.Session() as web:
        web.trust_env = False
        answer = web.request(
            destination.http_method,
            destination.invocation_endpoint,
            json=shown_to(target, event),
            params=given.get("QueryStringParameters", {}),
            headers=headers,
            timeout=ANSWERS_WITHIN,
        )
        answer.raise_for_status()


def _key(rule: Any, destination: Any) -> dict[str, str]:
    connections = models.events_backends[rule.account_id][rule.region_name].connections.values()
    (own,) = (one for one in connections if one.arn == destination.connection_arn)
    key = own.auth_parameters.get("ApiKeyAuthParameters")
    return {key["ApiKeyName"]: key["ApiKeyValue"]} if key else {}


def _as_moto_does(rule: Any, target: Target, event: Event) -> None:
    """Leave the rest to moto: archives, other buses, log groups."""
    alone = copy.copy(rule)
    alone.targets = [target]
    send_as_moto_does(alone, event)


def _ourselves() -> str:
    return f"http://127.0.0.1:{os.environ['MOTO_PORT']}"
