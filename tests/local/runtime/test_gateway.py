"""Envoy as a gateway: the stack's own file on this machine, routes that change, and routes that are refused."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest
from plain_stacks import Describe, eventually

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import OUTSIDE, Location, Port, Restart, Service, Stack, Volume

CONFIG = """
admin: {address: {socket_address: {address: 0.0.0.0, port_value: 9901}}}
layered_runtime: {layers: [{name: admin, admin_layer: {}}]}
static_resources:
  listeners:
    - name: door
      address: {socket_address: {address: 0.0.0.0, port_value: 8000}}
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": TYPES.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: door
                rds:
                  route_config_name: shop
                  config_source: {path_config_source: {path: /code/routes.yaml}, resource_api_version: V3}
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: {"@type": TYPES.http.router.v3.Router}
  clusters:
    - name: back
      type: STRICT_DNS
      load_assignment:
        cluster_name: back
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: back, port_value: 8000}}}}]}]
""".replace("TYPES", "type.googleapis.com/envoy.extensions.filters")
ROUTES = """\
resources:
  - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: shop
    virtual_hosts:
      - name: shop
        domains: ["*"]
        routes:
          - match: {prefix: /}
            route: {cluster: back}
"""
POLICY = """\
route: {cluster: back}
            typed_per_filter_config:
              rbac:
                "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute
                rbac: {rules: {policies: {
                  all of it: {principals: [{any: true}], permissions: [{}]}}}}
"""
GONE = ROUTES.replace("route: {cluster: back}", "direct_response: {status: 410}")


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    """The file of routes, as a learner edits it."""
    (tmp_path / "routes").mkdir()
    file = tmp_path / "routes" / "routes.yaml"
    file.write_text(ROUTES)
    return file


@pytest.fixture
def stack(describe: Describe, routes: Path, tmp_path: Path) -> Stack:
    """A gateway before one service."""
    plain = describe(back={})
    config = tmp_path / "envoy.yaml"
    config.write_text(CONFIG)
    gateway = Service(
        "gateway",
        Location(plain.file, 1),
        image="envoyproxy/envoy:v1.40.0",
        command=("envoy", "-c", "/etc/envoy/envoy.yaml"),
        environment={"BACK_URL": "http://back:8000"},
        ports=(Port(8000), Port(9901)),
        volumes=(Volume("bind", str(config), "/etc/envoy/envoy.yaml"), Volume("bind", str(routes.parent), "/code")),
    )
    return Stack("gated", plain.file, {"gateway": gateway, **plain.services})


@pytest.fixture
def gated(stack: Stack, run_dir: Path) -> Iterator[RunningStack]:
    """The gateway and the service, running."""
    with running.start(stack, endpoint_lag=0.1) as up:
        yield up


def ask(stack: RunningStack) -> int:
    return httpx.get(stack.url("gateway"), timeout=5, trust_env=False).status_code


def timeline(stack: RunningStack, what: str) -> list[str]:
    return [str(event) for event in stack.timeline.events if event.what.startswith(what)]


def test_a_gateway_leads_through_the_wires(gated: RunningStack):
    """A request goes from outside to the gateway and from there over its wire, and the administration is no wire."""
    assert ask(gated) == 200
    assert eventually(lambda: gated.edge("gateway", "back").stats().requests == 1)
    assert [edge.name for edge in gated.edges if edge.name.startswith(OUTSIDE)] == ["outside>gateway"]
    assert gated.service("gateway").administer("/ready").strip() == "LIVE"


def test_only_its_user_reaches_a_gateways_administration(gated: RunningStack):
    """It is a socket in a folder of this user alone: of the ports of 127.0.0.1, Envoy has those of its listeners."""
    process = psutil.Process(gated.instance("gateway-1").pid)
    ports = {one.laddr.port for one in process.net_connections("tcp") if one.status == psutil.CONN_LISTEN}
    socket = gated.folder / "gateway-1" / "admin.sock"
    assert (ports, socket.is_socket()) == ({gated.instance("gateway-1").port}, True)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (socket, socket.parent)] == [0o600, 0o700]


def test_what_an_administration_refuses_is_an_error_in_words(gated: RunningStack):
    """A path that it does not know, a gateway that is down, a service that is none."""
    with pytest.raises(CapsizeError, match="refuses /nowhere"):
        gated.service("gateway").administer("/nowhere")
    gated.instance("gateway-1").stop()
    with pytest.raises(CapsizeError, match="not up"):
        gated.service("gateway").administer("/ready")
    with pytest.raises(CapsizeError, match="not a gateway"):
        gated.service("back").administer("/ready")


def test_a_killed_gateway_comes_back_by_its_own_rule(stack: Stack, run_dir: Path):
    """Its death is one of a service: told, and followed by what its restart policy says."""
    always = replace(stack.services["gateway"], restart=Restart("always", first_backoff=0.1))
    with running.start(replace(stack, services={**stack.services, "gateway": always}), endpoint_lag=0.1) as up:
        up.instance("gateway-1").kill()
        assert eventually(lambda: up.instance("gateway-1").restarts == 1 and up.instance("gateway-1").ready, within=15)
        assert eventually(lambda: ask(up) == 200)  # the wires hear of it a moment later
        assert up.timeline.told("crashed", "gateway")[0].why == "signal SIGKILL"


def test_routes_saved_in_place_are_taken_in(gated: RunningStack, routes: Path):
    """A file that an editor writes over reaches Envoy, and the timeline says so."""
    routes.write_text(GONE)
    assert eventually(lambda: ask(gated) == 410)
    assert eventually(lambda: bool(timeline(gated, "took in routes.yaml")))


def test_routes_that_envoy_refuses_leave_the_last_good_ones(gated: RunningStack, routes: Path):
    """A refused file is told with its line; the gateway goes on, also after it was killed, and takes the next file."""
    routes.write_text(ROUTES.replace("{prefix: /}", "{prfix: /}"))
    assert eventually(lambda: "line 8: there is no field 'prfix'" in " ".join(timeline(gated, "refused routes.yaml")))
    assert ask(gated) == 200
    gated.instance("gateway-1").restart()
    assert eventually(lambda: ask(gated) == 200)
    routes.write_text(GONE)
    assert eventually(lambda: ask(gated) == 410)


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("cluster: back", "cluster: bakc", 9, "there is no cluster 'bakc'"),
        ("{prefix: /}", "{prfix: /}", 8, "there is no field 'prfix'"),
        ("{prefix: /}", "{}", 8, "path_specifier is required"),
        ("{prefix: /}", "{prefix: 5}", 8, """prefix is a text: unexpected character: '5'; expected '"'"""),
        ("{prefix: /}", "{prefix: /, runtime_fraction: {runtime_key: a}}", 8, "default_value is required"),
        ("route: {cluster: back}\n", POLICY, 14, "rule is required"),
        ("name: shop\n    virtual_hosts", "name: 5\n    virtual_hosts", 1, "name is a text"),
        ('["*"]', "[", 8, "this is not YAML"),
        ("        routes:", "\troutes:", 7, "a tab indents this line"),
        (ROUTES, "", 1, "expected: resources: and a list\n  got: the file is empty"),
    ],
)
def test_a_stack_does_not_start_on_routes_that_envoy_would_refuse(
    stack: Stack, routes: Path, run_dir: Path, before: str, after: str, line: int, words: str
):
    """What is wrong with the routes is said before anything serves them, at file:line."""
    routes.write_text(ROUTES.replace(before, after))
    with pytest.raises(CapsizeError) as raised, running.start(stack):
        pass
    assert str(raised.value).startswith(f"{routes}:{line}: ")
    assert words in str(raised.value)


def test_an_upstream_without_a_wire_is_refused(stack: Stack, run_dir: Path):
    """An address that no variable names has no wire, and the error says what to write."""
    stack.services["gateway"].environment.clear()
    with pytest.raises(CapsizeError, match="BACK_URL: http://back:8000"), running.start(stack):
        pass
