"""What both runtimes promise, in the same words: each scenario runs on processes and in containers."""

from __future__ import annotations

import threading
import time

import asyncpg
import httpx
import pytest
from contained_stacks import answering, happened, statuses, told
from plain_stacks import eventually, get

from capsize.errors import CapsizeError
from capsize.session.hosts import DOCKER, PROCESSES
from capsize.session.running import RunningStack

PATIENT = 40.0  # seconds in which an instance comes back, on a machine that is busy
DELAY = 0.3  # seconds


def test_each_arrow_counts_its_own_requests(shop: RunningStack):
    """Four requests over two wires are four more on each of them, and no error more."""
    wires = [shop.edge("outside", "front"), shop.edge("front", "back")]
    before, errors = [wire.stats().requests for wire in wires], [wire.stats().errors for wire in wires]
    assert statuses(shop, 4) == [200] * 4
    assert eventually(lambda: [wire.stats().requests - 4 for wire in wires] == before)
    assert [wire.stats().errors for wire in wires] == errors


def count(shop: RunningStack, reason: str) -> int:
    """Say how many errors of a reason the wire from outside to the front has counted."""
    return shop.edge("outside", "front").stats().errors.get(reason, 0)


def test_requests_take_turns(shop: RunningStack):
    """Both backs answer, by their own names."""
    assert answering(shop) == {"back-1", "back-2"}


def test_a_delay_is_added_and_taken_away(shop: RunningStack):
    """With a delay of 300 ms no request takes less; healed, one does, as one did before."""
    assert eventually(lambda: seconds(shop) < DELAY)
    with shop.edge("front", "back").delay(ms=1000 * DELAY):
        assert min(seconds(shop) for _ in range(5)) >= DELAY
    assert eventually(lambda: seconds(shop) < DELAY)


def seconds(stack: RunningStack) -> float:
    began = time.perf_counter()
    get(stack)
    return time.perf_counter() - began


def test_a_failing_wire_answers_with_its_status(shop: RunningStack):
    """A failing wire answers as it was asked to, which is counted as a fault; healed, it works."""
    before = count(shop, "fault")
    with shop.edge("outside", "front").fail(status=418):
        assert statuses(shop, 3) == [418] * 3
    assert statuses(shop, 3) == [200] * 3
    assert eventually(lambda: count(shop, "fault") == before + 3)


def test_a_losing_wire_delivers_the_request_and_not_the_answer(shop: RunningStack):
    """The request arrives behind the wire, and its answer is lost, which is counted; healed, answers arrive."""
    before, lost = shop.edge("front", "back").stats().requests, count(shop, "answer lost")
    with shop.edge("outside", "front").lose():
        assert statuses(shop, 2) == [504] * 2
    assert statuses(shop, 2) == [200] * 2
    assert eventually(lambda: shop.edge("front", "back").stats().requests == before + 4)
    assert count(shop, "answer lost") == lost + 2


def test_a_cut_wire_carries_nothing(shop: RunningStack):
    """No request gets through a cut wire, which processes refuse at once; healed, the same address works."""
    refusal = httpx.ConnectError if shop.on == PROCESSES else httpx.TransportError
    with shop.edge("outside", "front").cut(), pytest.raises(refusal):
        get(shop)
    assert get(shop).status_code == 200


def test_only_the_cut_arrow_is_cut(shop: RunningStack):
    """With front>back cut the front still hears the outside, and only its own call fails."""
    with shop.edge("front", "back").cut():
        assert get(shop).status_code == 500
    assert eventually(lambda: get(shop).status_code == 200)


def test_a_sticky_wire_brings_a_caller_back(shop: RunningStack):
    """A caller with a cookie meets the same instance each time."""
    with shop.edge("outside", "front").sticky(), httpx.Client(timeout=10) as client:
        assert [client.get(shop.url("front")).status_code for _ in range(3)] == [200] * 3
        assert "wire" in client.cookies


def test_what_was_killed_is_started_again(shop: RunningStack):
    """A killed instance ends by SIGKILL and comes back by its restart policy, with one restart more."""
    one, since = shop.instance("back-2"), happened(shop)
    restarts = one.restarts
    one.kill()
    assert eventually(lambda: one.restarts == restarts + 1 and one.ready, PATIENT)
    ends = [event.why for event in list(shop.timeline.events)[since:] if event.what == "crashed"]
    assert (told(shop, "back-2", since), ends) == (["killed", "crashed", "ready"], ["signal SIGKILL"])
    assert eventually(lambda: answering(shop) == {"back-1", "back-2"})


def test_a_paused_instance_answers_nobody(shop: RunningStack):
    """A paused instance keeps its callers waiting; resumed, it answers."""
    with shop.instance("front-1").pause(), pytest.raises(httpx.ReadTimeout):
        get(shop, timeout=1)
    assert get(shop).status_code == 200
    assert eventually(lambda: shop.instance("front-1").ready and get(shop).status_code == 200)


def test_a_stopped_instance_stays_stopped_until_healed(shop: RunningStack):
    """A stop ends it well, and the other one answers; healing starts it."""
    since = happened(shop)
    with shop.instance("back-1").stop():
        assert shop.instance("back-1").state == "stopped"
        assert told(shop, "back-1", since)[:2] == ["asked to stop", "ended"]
        assert eventually(lambda: statuses(shop, 4) == [200] * 4 and answering(shop) == {"back-2"})
    assert eventually(lambda: answering(shop) == {"back-1", "back-2"})


def test_scaling_under_traffic_drops_nothing(shop: RunningStack):
    """While a client never pauses, scaling from two to three to two fails no request."""
    seen, stop = set[int | str](), threading.Event()
    client = threading.Thread(target=keep_asking, args=(shop.url("front"), stop, seen))
    client.start()
    shop.service("back").scale(3)
    met = eventually(lambda: "back-3" in answering(shop))
    shop.service("back").scale(2)
    stop.set()
    client.join()
    assert (met, seen, answering(shop)) == (True, {200}, {"back-1", "back-2"})


def keep_asking(url: str, stop: threading.Event, seen: set[int | str]) -> None:
    with httpx.Client(timeout=10) as client:
        while not stop.is_set():
            try:
                seen.add(client.get(url).status_code)
            except httpx.HTTPError as error:
                seen.add(repr(error))


def test_the_log_has_what_it_wrote(shop: RunningStack):
    """What an instance writes is in its log."""
    assert "back-2 begins" in shop.instance("back-2").logs(400)


# in containers the engine takes the connection to a published port, and resets it when nothing listens behind it
RESET = (OSError, TimeoutError, asyncpg.ConnectionDoesNotExistError)
REFUSED = {PROCESSES: (ConnectionRefusedError,), DOCKER: RESET}


async def ask(stack: RunningStack) -> float:
    """Log in to the database from outside and ask; return the seconds that it took."""
    began = time.perf_counter()
    connection = await asyncpg.connect(stack.dsn("db"), timeout=10)
    try:
        await connection.fetchval("SELECT 1")
    finally:
        await connection.close()
    return time.perf_counter() - began


@pytest.mark.anyio
async def test_a_wire_to_a_database_can_be_slowed_and_cut(shop: RunningStack):
    """A delay of 200 ms shows in a log-in, a cut refuses it, and healed both are gone; it has no status."""
    edge = shop.edge("outside", "db")
    before = await ask(shop)
    with edge.delay(ms=200):
        assert await ask(shop) > before + 0.2
    with edge.cut(), pytest.raises(REFUSED[shop.on]):
        await ask(shop)
    assert await ask(shop) > 0
    with pytest.raises(CapsizeError, match="carries TCP, which has no status"):
        edge.fail(503)


@pytest.mark.anyio
async def test_a_killed_database_keeps_what_it_had(shop: RunningStack):
    """What was committed is there when a killed database has been started again."""
    connection = await asyncpg.connect(shop.dsn("db"))
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (at int); INSERT INTO kept VALUES (1)")
    with shop.instance("db-1").kill():
        assert eventually(lambda: shop.instance("db-1").state == "crashed")
    again = await asyncpg.connect(shop.dsn("db"))
    assert await again.fetchval("SELECT count(*) FROM kept") == 1
    await again.close()
    connection.terminate()


def test_a_deployment_rolls_under_traffic(rolled: RunningStack):
    """Two new instances replace two old ones, each old one through its hook, and no request fails."""
    seen, stop, since = set[int | str](), threading.Event(), happened(rolled)
    names = [instance.name for instance in rolled.instances]
    url = f"http://127.0.0.1:{rolled.supervisor.view.wires.at[rolled.model.edges[0]]}"
    client = threading.Thread(target=keep_asking, args=(url, stop, seen))
    client.start()
    rolled.service("front").roll()
    stop.set()
    client.join()
    assert seen == {200}
    ends = [[what for what in told(rolled, name, since) if what != "not ready"] for name in names]
    assert ends == [["Terminating", "asked to stop", "runs its preStop hook", "sent", "ended"]] * 2


def test_a_container_is_restarted_in_place(rolled: RunningStack):
    """A killed container of a Deployment comes back with its name, one restart more."""
    one = rolled.instances[0]
    name, restarts = one.name, one.restarts
    one.kill()
    assert eventually(lambda: one.restarts == restarts + 1 and one.ready, PATIENT)
    assert one.name == name


def test_a_balancer_calls_whoever_passes_its_checks(checked: RunningStack):
    """A target that answers no check is unhealthy and not called any more, and healthy again when it answers."""
    one, other = checked.instances
    targets = checked.edge("outside", "balancer").targets
    assert eventually(lambda: targets() == {one.name: "healthy", other.name: "healthy"}, PATIENT)
    with one.pause():
        assert eventually(lambda: targets()[one.name] == "unhealthy", PATIENT)
        assert answering(checked, door="balancer") == {other.name}
    assert eventually(lambda: targets()[one.name] == "healthy", PATIENT)
    assert eventually(lambda: one.name in answering(checked, door="balancer"), PATIENT)
