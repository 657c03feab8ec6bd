"""Paths of volumes in a text: ``file:///data/f``, ``sqlite:////data/f.db``, ``/data/a:/data/b``."""

from __future__ import annotations

import re
from collections.abc import Mapping

# where a path may begin: not within a word or a path, nor behind the host of an URL
START = r"(?:(?<![\w./~@%-])|(?<=file://)|(?<=unix://)|(?<=:///))"
END = r"(?=/|[^\w.-]|\.?$)"
ROUTES = re.compile(r"(^|_)(PREFIX|ROUTE|ENDPOINT|ROOT_PATH|BASE_PATH|URL_PATH|CONTEXT_PATH|URL|URI)$", re.IGNORECASE)


def rewrite(text: str, mounts: Mapping[str, str]) -> str:
    """Put the folders of ``mounts`` where a text names a path in one of them; the longest mount wins, as in Docker."""
    if "/" not in text or not mounts:
        return text
    targets = sorted(mounts, key=len, reverse=True)
    pattern = START + "(" + "|".join(re.escape(target) for target in targets) + ")" + END
    return re.sub(pattern, lambda found: mounts[found[1]], text)


def is_route(name: str, text: str) -> bool:
    """Say whether a variable holds a path of URLs, by its name: ``PREFIX: /api`` is no folder."""
    return text.startswith("/") and ROUTES.search(name) is not None
