"""Real containers for the tests: an engine, and stacks that several tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from contained_stacks import balanced, deployed, shop_of
from podded_stack import podded as podded_of
from replicated_pods import replicated

import docker
from capsize.runtime.host.docker.engine import connect
from capsize.session import running
from capsize.session.hosts import DOCKER, PROCESSES, opening
from capsize.session.running import RunningStack

KINDS = {"shop": shop_of, "deployed": deployed, "balanced": balanced, "pod": podded_of, "pods": replicated}
Started = Callable[[str, str], RunningStack]


NOWHERE = SimpleNamespace(params={})
SHARED = {
    "shop": "shop",
    "contained": "shop",
    "rolled": "deployed",
    "checked": "balanced",
    "pod": "pod",
    "podded": "pod",
}  # fixture -> stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs an engine: `make docker-test` runs it. Tests of one stack stay in one process.

    What both places promise needs none on processes: `make test` runs that.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            if PROCESSES not in getattr(item, "callspec", NOWHERE).params.values():
                item.add_marker(pytest.mark.docker)
            for fixture in SHARED.keys() & getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(SHARED[fixture]))


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    """The engine's client."""
    client = connect()
    yield client
    client.close()


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Start a kind of stack in a place, once for all tests."""
    stacks = dict[tuple[str, str], RunningStack]()

    def start(kind: str, on: str) -> RunningStack:
        if (kind, on) not in stacks:
            folder = tmp_path_factory.mktemp(f"{kind}-{on}")
            folder.chmod(0o755)
            stacks[kind, on] = running.start(KINDS[kind](folder), endpoint_lag=0.1, host=opening(on))
        return stacks[kind, on]

    yield start
    for stack in stacks.values():
        stack.down()


@pytest.fixture(params=[PROCESSES, DOCKER])
def shop(request: pytest.FixtureRequest, started: Started) -> RunningStack:
    """A front, two backs, a database and a broker, in each of the two places."""
    return started("shop", request.param)


@pytest.fixture(params=[PROCESSES, DOCKER])
def rolled(request: pytest.FixtureRequest, started: Started) -> RunningStack:
    """A Deployment of two, in each of the two places."""
    return started("deployed", request.param)


@pytest.fixture(params=[PROCESSES, DOCKER])
def checked(request: pytest.FixtureRequest, started: Started) -> RunningStack:
    """A Deployment of two behind a load balancer, in each of the two places."""
    return started("balanced", request.param)


@pytest.fixture
def contained(started: Started) -> RunningStack:
    """The shop's stack as containers."""
    return started("shop", DOCKER)


@pytest.fixture(params=[PROCESSES, DOCKER])
def pod(request: pytest.FixtureRequest, started: Started) -> RunningStack:
    """An app with sidecars, in each of the two places."""
    return started("pod", request.param)


@pytest.fixture
def podded(started: Started) -> RunningStack:
    """The app with sidecars as containers."""
    return started("pod", DOCKER)


@pytest.fixture(params=[PROCESSES, DOCKER])
def pods(request: pytest.FixtureRequest, started: Started) -> RunningStack:
    """Two pods of several containers, in each of the two places."""
    return started("pods", request.param)
