"""The AWS APIs as the runtime runs them, spoken to by boto3 and by plain HTTP."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import boto3
import botocore.auth
import httpx
import pytest
from backing_runner import Run, free_port, processes_in, run_folder, running, service
from botocore.config import Config
from botocore.exceptions import ClientError

SECRET = "open-sesame"
EDGE = "127.0.0.1:9999"  # what a client calls where an edge listens: the server sees this host's name


@pytest.fixture(scope="module")
def cloud():
    """Run one cloud for all tests that do not end it, with a bucket that has an object."""
    with running("motoserver/moto:latest", AWS_ACCESS_KEY_ID="shop", AWS_SECRET_ACCESS_KEY=SECRET) as run:
        s3 = client(run, "s3")
        s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        s3.put_object(Bucket="uploads", Key="a b/c+ü.txt", Body=b"ahoy")
        yield run


def client(run, name, *, host=None, region="eu-central-1", secret=SECRET, key="shop"):
    return boto3.client(
        name,
        endpoint_url=f"http://{host or f'127.0.0.1:{run.port}'}",
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(signature_version="v4" if name != "s3" else "s3v4", retries={"total_max_attempts": 1}),
    )


def presigned(run, action="get_object", **changed):
    return client(run, "s3", **changed).generate_presigned_url(
        action, Params={"Bucket": "uploads", "Key": "a b/c+ü.txt"}, ExpiresIn=60
    )


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_presigned_url_gets_the_object(cloud, region):
    """A presigned URL is all that a caller needs, in any region."""
    assert httpx.get(presigned(cloud, region=region)).content == b"ahoy"


def test_presigned_url_takes_an_upload(cloud):
    """A presigned PUT stores the bytes, five megabytes of them as well."""
    assert httpx.put(presigned(cloud, "put_object"), content=b"x" * 5_000_000).status_code == 200
    assert httpx.put(presigned(cloud, "put_object"), content=b"ahoy").status_code == 200


def test_presigned_url_is_served_behind_an_edge(cloud):
    """What counts is the host that the client signed, whatever port the server itself has."""
    url = presigned(cloud, host=EDGE).replace(EDGE, f"127.0.0.1:{cloud.port}")
    assert [httpx.get(url, headers={"host": EDGE}).status_code, httpx.get(url).status_code] == [200, 403]


def test_expired_url_is_refused(cloud, monkeypatch):
    """A URL that was made two minutes ago for one minute is refused, in S3's words."""
    then = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=2)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **_: then)
    answer = httpx.get(presigned(cloud))
    assert (answer.status_code, "Request has expired" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "change", [("c%2B", "d"), ("X-Amz-Expires=60", "X-Amz-Expires=6000"), ("X-Amz-Signature=", "X-Amz-Signature=0")]
)
def test_altered_url_is_refused(cloud, change):
    """A URL whose path, expiry or signature was changed is refused, in S3's words."""
    answer = httpx.get(presigned(cloud).replace(*change))
    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)


def test_upload_by_a_url_for_reading_is_refused(cloud):
    """A URL for GET does not take a PUT, and the refusal arrives though megabytes are on their way."""
    assert httpx.put(presigned(cloud), content=b"x" * 5_000_000).status_code == 403


def test_unsigned_request_is_refused(cloud):
    """Without a signature there is nothing to read and nothing to write."""
    url = presigned(cloud).partition("?")[0]
    assert [httpx.get(url).status_code, httpx.put(url, content=b"x").status_code] == [403, 403]


def test_what_everybody_may_read_is_read_without_a_signature(cloud):
    """A policy that opens a bucket for reading opens it for reading, and for nothing else."""
    s3 = client(cloud, "s3")
    s3.create_bucket(Bucket="leaflets", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="leaflets", Key="one", Body=b"ahoy")
    url = f"http://127.0.0.1:{cloud.port}/leaflets/one"
    before = httpx.get(url).status_code
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::leaflets/*"}
    s3.put_bucket_policy(Bucket="leaflets", Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    after = [httpx.get(url).status_code, httpx.put(url, content=b"mine").status_code]
    assert (before, after) == (403, [200, 403])


def test_url_by_another_secret_is_refused(cloud):
    """The secret of the service's environment is the one that signs."""
    assert httpx.get(presigned(cloud, secret="guess")).status_code == 403


def test_other_services_answer(cloud):
    """A message put into a queue comes out of it."""
    sqs = client(cloud, "sqs")
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="ahoy")
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=queue)["Messages"]] == ["ahoy"]


SERVICES = ("s3", "sqs", "sns", "secretsmanager", "dynamodb", "events", "stepfunctions")


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("wrong", [{"secret": "guess"}, {"key": "guest"}], ids=["secret", "key"])
def test_another_local_user_without_the_key_gets_nothing(cloud, name, wrong):
    """Whoever does not have the stack's own key is refused by every service, in words that its client reads."""
    ask = {"s3": "list_buckets", "sqs": "list_queues", "sns": "list_topics", "secretsmanager": "list_secrets"}
    ask |= {"dynamodb": "list_tables", "events": "list_rules", "stepfunctions": "list_state_machines"}
    assert getattr(client(cloud, name), ask[name])()["ResponseMetadata"]["HTTPStatusCode"] == 200
    with pytest.raises(ClientError) as refused:
        getattr(client(cloud, name, **wrong), ask[name])()
    assert refused.value.response["Error"]["Code"] in ("SignatureDoesNotMatch", "InvalidAccessKeyId")


@pytest.mark.parametrize("path", ["/moto-api/", "/moto-api/data.json", "/?Action=ListQueues", "/uploads?list-type=2"])
def test_nothing_is_shown_without_a_signature(cloud, path):
    """Moto's own pages and each service's calls are refused, to a web page without a word that lets it read that."""
    asked = httpx.get(f"http://127.0.0.1:{cloud.port}{path}", headers={"origin": "http://evil.example"})
    reset = httpx.post(f"http://127.0.0.1:{cloud.port}/moto-api/reset")
    opened = [name for name in asked.headers if name.startswith("access-control")]
    assert (asked.status_code, reset.status_code, opened) == (403, 403, [])


def test_state_machine_runs(cloud):
    """Step Functions execute their states, and tasks reach the other services."""
    queue = client(cloud, "sqs").create_queue(QueueName="saga")["QueueUrl"]
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}
    task["Parameters"] = {"QueueUrl": queue, "MessageBody": "ahoy"}
    definition = json.dumps({"StartAt": "send", "States": {"send": task}})
    states = client(cloud, "stepfunctions")
    role = "arn:aws:iam::123456789012:role/any"
    machine = states.create_state_machine(name="saga", definition=definition, roleArn=role)["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine, name="one", input="{}")["executionArn"]
    deadline = time.monotonic() + 20
    while (status := states.describe_execution(executionArn=execution)["status"]) == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert status == "SUCCEEDED"


def test_log_does_not_chatter(cloud):
    """Requests leave no line in the log."""
    httpx.get(presigned(cloud))
    assert cloud.log == ""


def test_stop_is_quick_and_leaves_nothing():
    """The stop signal ends the server within two seconds though a client is connected, and nothing is left."""
    with running("motoserver/moto:latest") as run, httpx.Client() as browser:
        browser.get(f"http://127.0.0.1:{run.port}/moto-api/")
        assert run.stop() < 2
        assert (processes_in(run.folder), list(run.folder.iterdir())) == ([], [])


def test_not_started_is_not_ready():
    """A port on which nobody listens is no cloud."""
    with run_folder() as folder:
        assert not Run(service("motoserver/moto:latest"), folder, free_port()).is_ready()
