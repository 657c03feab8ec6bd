"""The process behind ``motoserver/moto``: moto's application behind the check of signatures.

Started as ``python -m capsize.runtime.backing.aws_server PORT``. Imports moto, so nothing else may import this.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

from capsize.runtime.backing.aws_broker import BrokerDoor
from capsize.runtime.backing.signature import Verifier


class QuietHandler(MotoRequestHandler):  # type: ignore[misc]  # moto has no types
    """Serve without a line in the log for each request; errors are still written."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def application() -> Verifier:
    """Return moto's services, with state machines that really run and Lambda functions that do not ask for Docker."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = default_user_config["batch"] = {"use_docker": False}
    key, secret = (os.environ.get(name, "test") for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    sign_own_calls(key, secret)
    return Verifier(BrokerDoor(DomainDispatcherApplication(create_backend_app)), {key: secret}, is_public=is_public)


def sign_own_calls(key: str, secret: str) -> None:
    """Have the calls that moto makes to itself (a state machine's tasks) signed with the key that we check."""
    make = boto3.client
    boto3.client = lambda *names, **options: make(
        *names, **options | {"aws_access_key_id": key, "aws_secret_access_key": secret}
    )


def is_public(environ: dict[str, Any]) -> bool:
    """Say whether a request reads an object that its bucket's policy or its own ACL opens to everybody."""
    _, name, *key = environ["PATH_INFO"].split("/", 2)
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not key or not key[0]:
        return False
    from moto.iam.access_control import PermissionResult  # a fifth of a second that most stacks need not spend

    s3 = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    try:
        bucket, found = s3.get_bucket(name), s3.get_object(name, key[0])
    except S3ClientError:
        return False
    allowed = bucket.get_permission("s3:GetObject", f"arn:{bucket.partition}:s3:::{name}/{key[0]}")
    return allowed == PermissionResult.PERMITTED or bool(found and found.acl and found.acl.public_read)


def main(port: int) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT; there is nothing to save."""
    os.environ.setdefault("MOTO_EVENTS_INVOKE_HTTP", "true")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    make_server("127.0.0.1", port, application(), threaded=True, request_handler=QuietHandler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
