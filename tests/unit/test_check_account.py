"""An account of every answer: nothing that a customer had falls under the table."""

from __future__ import annotations

import time
from dataclasses import replace

import httpx
import pytest

from capsize.check import Judge, Refusal
from capsize.check.kit import Excuse, account
from workbench.customers import Answer, Customers

PLACED = Answer("201", {"id": "a"}, 0.1, asked="POST /orders", key="k1", at=10.0)
FAILED = replace(PLACED, kind="503", body={"error": "the database is away"}, key="k2")


@pytest.fixture
def judge(small):
    """A judge of exercise 1.1 on the starter."""
    lab = small.course.lab(1, "starter")
    return Judge(lab.exercise("1.1"), lab.code())


def refusal(judge, answers, **more):
    """Have an account refused."""
    with pytest.raises(Refusal) as refused:
        account(judge, answers, expected={"201", "409"}, **more)
    return refused.value


def test_an_account_of_what_was_promised_holds(judge):
    """Answers that were expected are a claim that holds, of the acceptance line that it belongs to."""
    account(judge, [PLACED, replace(PLACED, kind="409")], expected={"201", "409"}, line=2)
    assert judge.held == [("every answer is 201 or 409", 2)]


def test_what_is_not_explained_is_refused_with_what_came(judge):
    """The refusal counts what came by its kind and quotes the first few, with what was asked."""
    silent = replace(PLACED, kind="ReadTimeout", body="", seconds=20.0)
    refused = refusal(judge, [PLACED, *[FAILED] * 3, silent], line=1)
    assert (refused.line, refused.got) == (1, "4 of 5 answers are not: 503 (3), ReadTimeout (1)")
    line = "POST /orders -> 503 {'error': 'the database is away'} after 0.10 s"
    assert refused.evidence == (line, line, "POST /orders -> ReadTimeout after 20.00 s")


def test_a_fault_excuses_what_was_under_way_during_it(judge):
    """An answer that met the fault is excused; the same one before or after it is not."""
    with Excuse("the shop was killed", "503") as killed:
        during = replace(FAILED, at=time.monotonic() + 0.2, seconds=0.3)
    account(judge, [during], expected={"201"}, excused=[killed])
    late = replace(FAILED, at=time.monotonic() + 60, seconds=0.3)
    assert refusal(judge, [during, late], excused=[killed]).evidence[-1] == "excused, because the shop was killed: 1"


def test_a_fault_excuses_its_own_kinds_alone(judge):
    """A copy that is killed is a reason for a 503, and none for a 500."""
    with Excuse("the shop was killed", "503") as killed:
        at = time.monotonic()
    assert "500 (1)" in refusal(judge, [replace(FAILED, kind="500", at=at)], excused=[killed]).got


def test_a_fault_excuses_the_requests_that_it_names(judge):
    """What the check itself had failed is excused by its key, at any time."""
    account(judge, [PLACED, FAILED], expected={"201"}, excused=[Excuse("the bank failed it", "503", keys={"k2"})])
    assert judge.held


def test_an_excuse_for_everything_is_a_mistake_of_the_check():
    """A fault names the kinds of answer that it explains."""
    with pytest.raises(ValueError, match="would excuse everything"):
        Excuse("the shop was killed")


def test_an_account_of_nothing_is_a_mistake_of_the_check(judge):
    """Where nobody was answered, nothing is explained."""
    with pytest.raises(ValueError, match="claims nothing"):
        account(judge, [], expected={"201"})


@pytest.mark.anyio
async def test_customers_keep_every_answer():
    """Whatever they ask, customers keep what came, and what did not: the request, its key, the kind and the body."""
    replies = iter([httpx.Response(201, json={"id": "a"}), httpx.Response(200, text="{", headers=JSON)])

    def reply(request: httpx.Request) -> httpx.Response:
        return next(replies, None) or _silence(request)

    customers = Customers("http://shop")
    customers._client = httpx.AsyncClient(base_url="http://shop", transport=httpx.MockTransport(reply))
    await customers.order({"anvil": 1}, key="k1")
    await customers.read("/orders/a")
    await customers.ask("DELETE", "/cart")
    kept = [(one.asked, one.kind, one.body, one.key) for one in customers.answers]
    assert kept == [
        ("POST /orders", "201", {"id": "a"}, "k1"),
        ("GET /orders/a", "200", "{", ""),
        ("DELETE /cart", "ReadTimeout", "silence", ""),
    ]


JSON = {"content-type": "application/json"}


def _silence(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("silence", request=request)
