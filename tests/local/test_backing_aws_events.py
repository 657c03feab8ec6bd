"""Our AWS process closes gaps of moto's EventBridge, and tells a board what rules and targets have done."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import pytest
from backing_runner import running
from botocore.config import Config
from botocore.exceptions import ClientError

from capsize.runtime.queues import Queue, Rule

ROLE = "arn:aws:iam::123456789012:role/any"


class Cloud:
    """The services of one process, with a bus of its own for each test."""

    def __init__(self, run) -> None:
        self.run, self.number = run, 0
        names = ("events", "sqs", "sns", "stepfunctions")
        self.events, self.sqs, self.sns, self.states = (self.client(name) for name in names)

    def client(self, name):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-central-1"}
        once = Config(retries={"total_max_attempts": 1})
        return boto3.client(name, endpoint_url=f"http://127.0.0.1:{self.run.port}", config=once, **keys)

    def bus(self):
        self.number += 1
        self.name = f"bus-{self.number}"
        self.arn = self.events.create_event_bus(Name=self.name)["EventBusArn"]
        return self

    def queue(self, name):
        url = self.sqs.create_queue(QueueName=f"{self.name}-{name}")["QueueUrl"]
        names = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
        return url, self.sqs.get_queue_attributes(**names)["Attributes"]["QueueArn"]

    def rule(self, name, *targets, pattern='{"source": ["shop"]}'):
        arn = self.events.put_rule(Name=name, EventBusName=self.name, EventPattern=pattern)["RuleArn"]
        numbered = [{"Id": str(number), **target} for number, target in enumerate(targets)]
        if numbered:
            self.events.put_targets(Rule=name, EventBusName=self.name, Targets=numbered)
        return arn

    def put(self, *details, **more):
        same = {"Source": "shop", "DetailType": "OrderPlaced", "EventBusName": self.name, **more}
        answer = self.events.put_events(Entries=[{**same, "Detail": json.dumps(one)} for one in details])
        return [entry["EventId"] for entry in answer["Entries"]]

    def messages(self, url):
        found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return found.get("Messages", [])

    def bodies(self, url):
        return [json.loads(one["Body"]) for one in self.messages(url)]

    def replay(self, archive, since, until, *rules):
        where = {"Arn": self.arn} | ({"FilterArns": list(rules)} if rules else {})
        window = {"EventStartTime": since, "EventEndTime": until}
        self.events.start_replay(
            ReplayName=f"{self.name}-{time.time_ns()}", EventSourceArn=archive, **window, Destination=where
        )

    def told(self):
        return asyncio.run(self.run.part.queues(self.run.service, self.run.folder, self.run.port))


@pytest.fixture(scope="module")
def aws():
    """Run one cloud for all tests."""
    with running("motoserver/moto:latest") as run:
        yield Cloud(run)


@pytest.fixture
def cloud(aws):
    """A bus of the test's own."""
    return aws.bus()


def test_replay_keeps_to_its_window_and_its_rules(cloud):
    """A replay delivers what is archived within its window, to the rules that it names, under the events' own ids."""
    (mine, mine_arn), (other, other_arn) = cloud.queue("mine"), cloud.queue("other")
    rule = cloud.rule("mine", {"Arn": mine_arn})
    cloud.rule("other", {"Arn": other_arn})
    archive = cloud.events.create_archive(ArchiveName=cloud.name, EventSourceArn=cloud.arn)["ArchiveArn"]
    cloud.put({"id": 1})
    time.sleep(1.1)
    begins = datetime.now(UTC)
    ids = cloud.put({"id": 2}, {"id": 3})
    cloud.bodies(mine), cloud.bodies(other)
    time.sleep(1.1)
    cloud.replay(archive, begins - timedelta(seconds=0.5), datetime.now(UTC) + timedelta(seconds=1), rule)
    again = cloud.bodies(mine)
    assert [(one["id"], one["detail"]["id"]) for one in again] == [(ids[0], 2), (ids[1], 3)]
    assert ("replay-name" in again[0], cloud.bodies(other)) == (True, [])


def test_targets_are_shown_what_they_ask_for(cloud):
    """Input, InputPath and InputTransformer shape what a target is shown; nothing of these shows all of the event."""
    queues = [cloud.queue(name) for name in ("all", "constant", "path", "made")]
    made = {"InputPathsMap": {"id": "$.detail.id", "n": "$.detail.n"}}
    made["InputTemplate"] = '{"bare": <id>, "number": <n>, "text": "order <id> of <n>"}'
    shapes = [{}, {"Input": '{"a": 1}'}, {"InputPath": "$.detail"}, {"InputTransformer": made}]
    cloud.rule("shapes", *({"Arn": arn} | shape for (_, arn), shape in zip(queues, shapes, strict=True)))
    (event,) = cloud.put({"id": 'a "b"', "n": 7})
    whole, constant, path, filled = (cloud.bodies(url)[0] for url, _ in queues)
    assert (whole["id"], whole["account"], whole["time"][-1]) == (event, "123456789012", "Z")
    assert (constant, path) == ({"a": 1}, {"id": 'a "b"', "n": 7})
    assert filled == {"bare": 'a "b"', "number": 7, "text": 'order a "b" of 7'}


def test_topics_and_state_machines_are_targets(cloud):
    """An event is published to a topic, and starts a state machine with itself as input."""
    url, arn = cloud.queue("of-topic")
    topic = cloud.sns.create_topic(Name=cloud.name)["TopicArn"]
    cloud.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    definition = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}})
    machine = cloud.states.create_state_machine(name=cloud.name, definition=definition, roleArn=ROLE)["stateMachineArn"]
    cloud.rule("both", {"Arn": topic}, {"Arn": machine, "RoleArn": ROLE, "InputPath": "$.detail"})
    cloud.put({"id": 5})
    (execution,) = cloud.states.list_executions(stateMachineArn=machine)["executions"]
    told = cloud.states.describe_execution(executionArn=execution["executionArn"])["input"]
    assert (cloud.bodies(url)[0]["detail"], json.loads(told)) == ({"id": 5}, {"id": 5})


class Office(BaseHTTPRequestHandler):
    """An API that keeps what it is sent, and answers with the statuses that it was given, and then 200."""

    calls: list = []
    answers: list = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.calls.append((body, self.headers["X-Key"]))
        self.send_response(self.answers.pop(0) if self.answers else 200)
        self.end_headers()

    def log_message(self, *_) -> None:
        """Write nothing."""


@pytest.fixture
def office():
    """Serve an API for one test."""
    Office.calls, Office.answers = [], []
    with HTTPServer(("127.0.0.1", 0), Office) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def api(cloud, port):
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "open"}}
    connection = cloud.events.create_connection(Name=cloud.name, AuthorizationType="API_KEY", AuthParameters=key)
    where = {"InvocationEndpoint": f"http://127.0.0.1:{port}/events", "HttpMethod": "POST"}
    made = cloud.events.create_api_destination(Name=cloud.name, ConnectionArn=connection["ConnectionArn"], **where)
    return {"Arn": made["ApiDestinationArn"], "RoleArn": ROLE}


def test_api_destination_gets_the_event_and_the_key(cloud, office):
    """An API is sent the event as its body, with the key of its connection."""
    cloud.rule("api", api(cloud, office))
    cloud.put({"id": 9})
    ((body, key),) = Office.calls
    assert (body["detail"], key) == ({"id": 9}, "open")


def test_failing_target_costs_nobody_else(cloud, office):
    """What a target fails at, a retry included, goes whole to its dead-letter queue; the others have it too."""
    (letters, letters_arn), (other, other_arn) = cloud.queue("dead-letters"), cloud.queue("other")
    failing = api(cloud, office) | {
        "DeadLetterConfig": {"Arn": letters_arn},
        "RetryPolicy": {"MaximumRetryAttempts": 1},
    }
    gone = {"Arn": other_arn + "-that-is-gone"}
    cloud.rule("failing", failing, gone, {"Arn": other_arn})
    Office.answers = [503, 503, 503]
    first, second = cloud.put({"id": 1}, {"id": 2})
    (letter,) = cloud.messages(letters)
    assert json.loads(letter["Body"])["id"] == first
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "HTTPError"
    assert [one["id"] for one in cloud.bodies(other)] == [first, second]
    assert len(Office.calls) == 4


WRONG = (
    *('{"a": [{"contains": "x"}]}', '{"a": [{"prefix": "x", "suffix": "y"}]}', '{"a": [{"numeric": [">", "10"]}]}'),
    *('{"a": [{"numeric": ["=>", 10]}]}', '{"a": [{"numeric": [">", 10, "<"]}]}', '{"a": [{"numeric": ">="}]}'),
)


@pytest.mark.parametrize("pattern", WRONG)
def test_pattern_that_moto_would_misread_is_refused(cloud, pattern):
    """A pattern that AWS refuses is refused, also deep in the detail."""
    with pytest.raises(ClientError, match="InvalidEventPattern"):
        cloud.rule("wrong", pattern=json.dumps({"detail": json.loads(pattern)}))


def test_disabled_rule_sends_nothing(cloud):
    """A rule that is disabled is not asked."""
    url, arn = cloud.queue("calm")
    cloud.rule("calm", {"Arn": arn})
    cloud.events.disable_rule(Name="calm", EventBusName=cloud.name)
    cloud.put({"id": 1})
    assert cloud.bodies(url) == []


def test_board_is_told_of_rules_and_queues(cloud):
    """Each rule says of how many events it matched how many, and each target what it got; queues say what waits."""
    (url, arn), (_, dead) = cloud.queue("desk"), cloud.queue("dead-letters")
    cloud.rule("wide", {"Arn": arn}, {"Arn": arn + "-gone", "DeadLetterConfig": {"Arn": dead}})
    cloud.rule("narrow", pattern='{"source": ["nobody"]}')
    cloud.put({"id": 1}, {"id": 2})
    cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)
    told = cloud.told()
    name = cloud.name
    assert [one for one in told if isinstance(one, Rule) and one.bus == name] == [
        Rule(name, "wide", 2, 2, f"queue {name}-desk", got=2),
        Rule(name, "wide", 2, 2, f"queue {name}-desk-gone", failed=2),
        Rule(name, "narrow", 2, 0, ""),
    ]
    assert [one for one in told if isinstance(one, Queue) and one.name.startswith(f"{name}-")] == [
        Queue("", f"{name}-desk", 1, in_flight=1),
        Queue("", f"{name}-dead-letters", 2, dead=True),
    ]


def test_what_lab_11_says_moto_does_less_is_still_true(cloud):
    """Lab 11 names these in a box: when one of them is no longer true, the box has to change."""
    url, arn = cloud.queue("all")
    cloud.rule("all", {"Arn": arn}, pattern='{"source": [{"prefix": ""}]}')
    denied = {"Effect": "Deny", "Principal": "*", "Action": "events:PutEvents", "Resource": cloud.arn, "Sid": "none"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
    cloud.events.put_permission(EventBusName=cloud.name, Policy=policy)
    cloud.put({"id": 1}, {"text": "x" * 300_000}, Source="aws.ec2")
    assert len(cloud.bodies(url)) == 2, "a bus policy, the limit of 256 KB or the sources of AWS are kept to"
    cloud.rule("list", {"Arn": arn}, pattern='{"detail": {"lines": {"item": ["bell"]}}}')
    cloud.put({"lines": [{"item": "bell"}]})
    assert len(cloud.bodies(url)) == 1, "a pattern looks into a list of objects"
    found = cloud.events.test_event_pattern(EventPattern='{"source": ["a"]}', Event='{"source": "a"}')
    assert "Result" not in found, "TestEventPattern answers"
    with pytest.raises(ClientError):
        cloud.client("schemas").create_registry(RegistryName="shop")
    with pytest.raises(ClientError):
        cloud.events.list_event_sources()
