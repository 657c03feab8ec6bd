"""Envoy's configuration for the wires, as plain dicts: one listener and one cluster per edge, a file of each.

Sources: Envoy's API reference v3 (listener, cluster, HTTP fault filter, runtime). Faults of HTTP edges act through
runtime keys and drop no connection; a cut takes the listener away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from capsize.runtime.ports import Address
from capsize.stack.model import Edge, Protocol

Json = dict[str, Any]
TYPE = "type.googleapis.com/envoy"
BUCKETS_MS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125, 150, 200, 250, 300, 400, 500,
              600, 800, 1000, 1250, 1500, 2000, 3000, 4000, 5000, 7500, 10000, 15000, 30000, 60000]  # fmt: skip
UNLIMITED = 1_000_000
IDLE = "3s"  # shorter than the 5 s after which uvicorn closes an idle connection: no request meets a closing one

LUA = "envoy.filters.http.lua"
# The request has arrived and was acted on; what came back is put away, and the caller hears what a proxy would say.
LOSE = """
function envoy_on_response(handle)
  local words = "the answer was lost on its way\\n"
  local body = handle:body(true)
  body:setBytes(words)
  handle:headers():replace(":status", "504")
  handle:headers():replace("content-type", "text/plain")
  handle:headers():replace("content-length", tostring(#words))
end
"""


def bootstrap(folder: Path, administration: Mapping[str, Any], values: Mapping[str, str]) -> Json:
    """Return what Envoy starts with: clusters and listeners by file, its administration, and runtime keys."""
    return {
        "node": {"id": "wires", "cluster": "wires"},
        "admin": {"address": administration},
        "dynamic_resources": {
            "lds_config": _file(resources(folder, "listeners")),
            "cds_config": _file(resources(folder, "clusters")),
        },
        "layered_runtime": {
            "layers": [{"name": "limits", "static_layer": {**LIMITS, **values}}, {"name": "admin", "admin_layer": {}}]
        },
        "stats_config": {"histogram_bucket_settings": [{"match": {"prefix": "http."}, "buckets": BUCKETS_MS}]},
        "stats_flush_interval": "0.25s",
    }


COOKIE = "wire"
STICKY = "envoy.filters.http.stateful_session"
STICKY_TYPE = "extensions.filters.http.stateful_session.v3"
_STICKY_OFF = {"@type": f"{TYPE}.{STICKY_TYPE}.StatefulSessionPerRoute", "disabled": True}
LIMITS = {"overload": {"global_downstream_max_connections": 50_000}}


def wire(number: int) -> str:
    """Return the name that edge ``number`` has in Envoy: of its listener, its cluster, and in the statistics."""
    return f"wire{number}"


def pool(edge: Edge) -> str:
    """Return the name under which the endpoints of an edge are kept: all wires to a service but a balancer's share."""
    return f"{edge.callee}~{edge.door}" if edge.group else edge.callee


def newcomers(name: str) -> str:
    """Return the name of the pool, or cluster, in which a balancer's targets wait for the end of their first checks."""
    return f"{name}~initial"


def pools(edge: Edge) -> tuple[str, str]:
    """Return the names of a balancer's two pools: who may be called, and who is only checked."""
    return pool(edge), newcomers(pool(edge))


def relay(number: int) -> str:
    """Return the name of the cluster that leads edge ``number`` through a relay."""
    return f"relay{number}"


def key(number: int, name: str) -> str:
    """Return the runtime key of a fault setting of edge ``number``."""
    return f"{wire(number)}.{name}"


def listener(number: int, edge: Edge, at: Address, *, via: str | None = None) -> Json:
    """Return the listener of an edge at an address and a port; ``via`` names another cluster to send to."""
    name = wire(number)
    network_filter = _tcp(name, via or name) if edge.protocol == "tcp" else _http(number, name)
    return {
        "@type": f"{TYPE}.config.listener.v3.Listener",
        "name": name,
        "address": address(*at),
        "filter_chains": [{"filters": [network_filter]}],
    }


def clusters(
    folder: Path, edges: list[Edge], targets: Mapping[str, Iterable[Address]], checks: Mapping[Edge, Json]
) -> Iterator[Json]:
    """Return the clusters of all edges; ``targets`` has the addresses behind a service or a relay.

    ``checks`` are what the clusters of balancers have beside, their health checks: the endpoints of those come by files
    of their own, so that a newcomer does not make Envoy forget what it knows of the others.
    """
    for number, edge in enumerate(edges):
        name = wire(number)
        if edge in checks:
            for cluster, its_pool in zip((name, newcomers(name)), pools(edge), strict=True):
                yield _cluster(cluster, edge.protocol) | _by_file(folder, its_pool) | checks[edge]
        else:
            yield _cluster(name, edge.protocol) | _at(name, targets.get(pool(edge), ()))
        if edge.protocol == "tcp":
            yield _cluster(relay(number), "tcp") | _at(relay(number), targets.get(relay(number), ()))


def _cluster(name: str, protocol: Protocol) -> Json:
    """Return a cluster that takes turns, without limits or retries."""
    threshold = dict.fromkeys(("max_connections", "max_pending_requests", "max_requests", "max_retries"), UNLIMITED)
    return {
        "@type": f"{TYPE}.config.cluster.v3.Cluster",
        "name": name,
        "connect_timeout": "2s",
        "lb_policy": "ROUND_ROBIN",
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "circuit_breakers": {"thresholds": [threshold]},
        **({} if protocol == "tcp" else _http_options(protocol)),
    }


def _at(name: str, targets: Iterable[Address]) -> Json:
    return {"type": "STATIC", "load_assignment": _assignment(name, targets)}


def _by_file(folder: Path, its_pool: str) -> Json:
    eds = {"service_name": its_pool, "eds_config": _file(resources(folder, f"endpoints-{its_pool}"))}
    return {"type": "EDS", "eds_cluster_config": eds}


def endpoints(its_pool: str, targets: Iterable[Address]) -> Json:
    """Return the endpoints of a balancer, as its file has them."""
    return {"@type": f"{TYPE}.config.endpoint.v3.ClusterLoadAssignment", **_assignment(its_pool, targets)}


def _assignment(name: str, targets: Iterable[Address]) -> Json:
    hosts = [{"endpoint": {"address": address(*target)}} for target in targets]
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": hosts}]}


def resources(folder: Path, kind: str) -> Path:
    """Return the file in which Envoy watches its clusters, its listeners, or a balancer's endpoints."""
    return folder / f"{kind}.json"


def address(host: str, port: int) -> Json:
    return {"socket_address": {"address": host, "port_value": port}}


def _file(path: Path) -> Json:
    return {"path_config_source": {"path": str(path)}, "resource_api_version": "V3"}


def _tcp(name: str, target: str) -> Json:
    proxy = {"stat_prefix": name, "cluster": target, "idle_timeout": "0s"}
    return typed("envoy.filters.network.tcp_proxy", "extensions.filters.network.tcp_proxy.v3.TcpProxy", proxy)


def _http(number: int, name: str) -> Json:
    to = {"route": {"cluster": name, "timeout": "0s"}}
    plain = {"match": {"prefix": "/"}, **to, "typed_per_filter_config": {STICKY: _STICKY_OFF}}
    losing = {"match": _share(key(number, "lose_percent")), **to, "typed_per_filter_config": _losing()}
    routes = [losing, {"match": _share(key(number, "sticky_percent")), **to}, plain]
    manager = {
        "stat_prefix": name,
        "codec_type": "AUTO",
        "route_config": {"virtual_hosts": [{"name": name, "domains": ["*"], "routes": routes}]},
        "http_filters": [_fault(number), _off(_lua("")), _stickiness(), _router()],
        "stream_idle_timeout": "0s",
        "server_header_transformation": "PASS_THROUGH",
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "use_remote_address": False,
        "generate_request_id": False,
    }
    kind = "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
    return typed("envoy.filters.network.http_connection_manager", kind, manager)


def _stickiness() -> Json:
    """Return the filter that answers a new caller with a cookie, and sends a caller with one to its instance."""
    kind = "extensions.http.stateful_session.cookie.v3.CookieBasedSessionState"
    state = typed("envoy.http.stateful_session.cookie", kind, {"cookie": {"name": COOKIE, "path": "/"}})
    return typed(STICKY, f"{STICKY_TYPE}.StatefulSession", {"session_state": state})


def _fault(number: int) -> Json:
    never = {"numerator": 0, "denominator": "HUNDRED"}
    fault = {
        "delay": {"fixed_delay": "1s", "percentage": never},
        "abort": {"http_status": 503, "percentage": never},
        "delay_percent_runtime": key(number, "delay_percent"),
        "delay_duration_runtime": key(number, "delay_ms"),
        "abort_percent_runtime": key(number, "fail_percent"),
        "abort_http_status_runtime": key(number, "fail_status"),
    }
    return typed("envoy.filters.http.fault", "extensions.filters.http.fault.v3.HTTPFault", fault)


def _share(runtime_key: str) -> Json:
    """Match as many of a hundred requests as a runtime key says, none at first."""
    none = {"numerator": 0, "denominator": "HUNDRED"}
    return {"prefix": "/", "runtime_fraction": {"default_value": none, "runtime_key": runtime_key}}


def _losing() -> Json:
    """Return what a route needs to lose answers: the filter that is off elsewhere, and no stickiness."""
    config = {"@type": f"{TYPE}.extensions.filters.http.lua.v3.LuaPerRoute", "source_code": {"inline_string": LOSE}}
    return {LUA: config, STICKY: _STICKY_OFF}


def _lua(source: str) -> Json:
    code = {"default_source_code": {"inline_string": source}}
    return typed(LUA, "extensions.filters.http.lua.v3.Lua", code)


def _off(http_filter: Json) -> Json:
    return {**http_filter, "disabled": True}


def _router() -> Json:
    quiet = {"suppress_envoy_headers": True}
    return typed("envoy.filters.http.router", "extensions.filters.http.router.v3.Router", quiet)


def _http_options(protocol: Protocol) -> Json:
    version = "http2_protocol_options" if protocol == "http2" else "http_protocol_options"
    options = {
        "@type": f"{TYPE}.extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {version: {}},
        "common_http_protocol_options": {"idle_timeout": IDLE},
    }
    return {"typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options}}


def typed(name: str, kind: str, config: Json) -> Json:
    """Return an extension of Envoy by its name, with the type of its configuration."""
    return {"name": name, "typed_config": {"@type": f"{TYPE}.{kind}", **config}}
