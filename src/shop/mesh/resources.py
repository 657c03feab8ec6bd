"""What is wanted of a mesh, and the same in Envoy's words: routes with their shares and rules, and endpoints."""

from __future__ import annotations

import socket
from typing import Any

from pydantic import BaseModel

Json = dict[str, Any]
OF_FAULTS = "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"
OF_RATES = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
ALL = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
TRIED_AGAIN = "connect-failure,refused-stream,reset-before-request"  # nothing was done, so any call may be


class Rule(BaseModel):
    """How calls to a service go. Times are in seconds; shares are percentages."""

    timeout: float = 5
    retries: int = 0  # after a 5xx; what was not sent is always tried again
    abort: int = 0  # this share of the calls fails, with ``status``
    status: int = 503
    delay: float = 0  # this is how long each call waits
    per_second: int = 0  # more calls than that are turned away; 0: no limit


class Wanted(BaseModel):
    """The desired state: where each cluster's copies are, who gets which share, and by which rules."""

    endpoints: dict[str, list[str]] = {
        "catalogue": ["catalogue"],
        "catalogue-v2": ["catalogue-v2"],
        "payments": ["payments"],
    }
    shares: dict[str, int] = {"catalogue": 100, "catalogue-v2": 0}
    rules: dict[str, Rule] = {}


def routes(wanted: Wanted) -> Json:
    """Write the routes of outgoing calls."""
    shares = [{"name": name, "weight": share} for name, share in wanted.shares.items()]
    ways: dict[str, Json] = {
        "catalogue": {"weighted_clusters": {"clusters": shares}},
        "payments": {"cluster": "payments"},
        "plain": {"cluster": "plain"},
    }
    found = [_route(name, way, wanted.rules.get(name, Rule())) for name, way in ways.items()]
    return {"name": "calls", "virtual_hosts": [{"name": "calls", "domains": ["*"], "routes": found}]}


def _route(name: str, way: Json, rule: Rule) -> Json:
    again = f"5xx,{TRIED_AGAIN}" if rule.retries else TRIED_AGAIN
    return {
        "match": {"prefix": f"/{name}/"},
        "route": {
            **way,
            "prefix_rewrite": "/",
            "timeout": f"{rule.timeout}s",
            "retry_policy": {"retry_on": again, "num_retries": rule.retries or 2},
        },
        "typed_per_filter_config": _filters(rule),
    }


def _filters(rule: Rule) -> Json:
    fault: Json = {"@type": OF_FAULTS}
    if rule.abort:
        fault["abort"] = {"http_status": rule.status, "percentage": {"numerator": rule.abort}}
    if rule.delay:
        fault["delay"] = {"fixed_delay": f"{rule.delay}s", "percentage": {"numerator": 100}}
    filters = {"envoy.filters.http.fault": fault}
    if rule.per_second:
        bucket = {"max_tokens": rule.per_second, "tokens_per_fill": rule.per_second, "fill_interval": "1s"}
        limit = {"@type": OF_RATES, "stat_prefix": "calls", "token_bucket": bucket}
        filters["envoy.filters.http.local_ratelimit"] = limit | {"filter_enabled": ALL, "filter_enforced": ALL}
    return filters


def endpoints(wanted: Wanted, cluster: str, at: Json) -> Json:
    """Write the endpoints of a cluster; ``at`` is where copies are as seen from the one who asks."""
    places = [place for name in wanted.endpoints.get(cluster, []) if (place := _place(str(at.get(name, ""))))]
    found = [{"endpoint": {"address": {"socket_address": place}}} for place in places]
    return {"cluster_name": cluster, "endpoints": [{"lb_endpoints": found}]}


def _place(at: str) -> Json | None:
    """Find the address of ``host:port``; None where there is no such host now."""
    host, _, port = at.rpartition(":")
    try:
        return {"address": socket.gethostbyname(host), "port_value": int(port)} if host else None
    except OSError:
        return None
