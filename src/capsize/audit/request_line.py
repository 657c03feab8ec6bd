"""A request as the owner of an app writes it: ``POST /cart?sku=lamp``, with a body behind it where it needs one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from capsize.errors import CapsizeError

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LINE = re.compile(rf"(?:(?P<method>{'|'.join(METHODS)})\s+)?(?P<path>/\S*)(?:\s+(?P<body>\S.*))?", re.DOTALL)
GAP = re.compile(r"\{(\w+)\}")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class RequestLine:
    """A method, a path and a body. ``{name}`` in the path is a field of the answer to an earlier request."""

    method: str
    path: str
    body: str = ""

    @classmethod
    def read(cls, words: str, option: str) -> RequestLine:
        """Read what somebody typed. Raise CapsizeError that names the option."""
        found = LINE.fullmatch(words.strip())
        if not found:
            expected = f"{option} 'GET /cart', or {option} 'POST /cart {{\"sku\": \"lamp\"}}'"
            raise CapsizeError(f"{option} is not a request", expected=expected, got=words)
        return cls(found["method"] or "GET", found["path"], found["body"] or "")

    @property
    def headers(self) -> dict[str, str]:
        if not self.body:
            return {}
        return {"Content-Type": JSON if self.body[0] in "{[" else FORM}

    def filled(self, answer: str) -> RequestLine:
        """Return it with what an earlier answer, a JSON object, says in the place of each ``{name}``."""
        if not GAP.search(self.path):
            return self
        try:
            fields = json.loads(answer)
        except ValueError:
            fields = None
        known = fields if isinstance(fields, dict) else {}
        return replace(self, path=GAP.sub(lambda gap: str(known.get(gap[1], gap[0])), self.path))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
