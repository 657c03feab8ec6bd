"""The vault: AWS Secrets Manager's own API, and in it the bank's key under one name, with a version for each key.

boto3 waits for its answers in a thread, and takes a second to import, so whoever asks first pays for it.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

NAME = "bank-key"
EVERY = float(os.environ.get("EVERY", "0.3"))  # seconds between two looks at the vault
ANSWERS_WITHIN = 2.0  # seconds that one look may take


def client(url: str, secret: str | None = None) -> Any:
    """Make a client of the Secrets Manager at an address; its secret key is in $AWS_SECRET unless it is given."""
    import boto3
    from botocore.config import Config

    keys = {"aws_access_key_id": "shop", "aws_secret_access_key": secret or os.environ["AWS_SECRET"]}
    config = Config(connect_timeout=ANSWERS_WITHIN, read_timeout=ANSWERS_WITHIN, retries={"total_max_attempts": 1})
    return boto3.client("secretsmanager", endpoint_url=url, region_name="eu-central-1", config=config, **keys)


class Vault:
    """The vault at ``url``, as an agent sees it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.given: set[str] = set()  # every key that was fetched
        self._client: Any = None

    async def fetch(self) -> str:
        """Return the key as it is now. Waits while the vault is away, and while there is no key in it yet."""
        while (key := await asyncio.to_thread(self._look)) is None:
            await asyncio.sleep(EVERY)
        self.given.add(key)
        return key

    def _look(self) -> str | None:
        from botocore.exceptions import BotoCoreError, ClientError

        self._client = self._client or client(self.url)
        try:
            return str(self._client.get_secret_value(SecretId=NAME)["SecretString"])
        except (BotoCoreError, ClientError):
            return None
