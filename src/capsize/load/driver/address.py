"""Which addresses a load may be sent to: this machine's own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")


def is_loopback(url: str) -> bool:
    """Tell whether an http(s) URL points at 127.0.0.0/8 or at localhost, by its text alone."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and _is_here(parts.hostname or "") and parts.port != 0
    except ValueError:
        return False


def _is_here(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host) in LOOPBACK
