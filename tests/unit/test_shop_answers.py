"""What another service's answer means to a caller."""

from __future__ import annotations

import httpx
import pytest

from shop.answers import PassedOn, Unanswered, understood

ASKED = httpx.Request("GET", "http://tides/tides")


def test_a_yes_is_its_body():
    """The body of a 200 is returned as what its JSON says."""
    assert understood(httpx.Response(200, json=["10:30"], request=ASKED)) == ["10:30"]


@pytest.mark.parametrize("answer", [httpx.Response(503, request=ASKED), httpx.Response(200, text="<p>", request=ASKED)])
def test_a_server_at_a_loss_and_a_page_of_somebody_else_are_no_answer(answer):
    """A 503 tells nothing of what was done, and neither does a 200 whose body is not JSON."""
    with pytest.raises(Unanswered):
        understood(answer)


def test_a_refusal_is_passed_on():
    """A refusal keeps its words and its status."""
    with pytest.raises(PassedOn, match="taken") as refused:
        understood(httpx.Response(409, json={"error": "taken"}, request=ASKED))
    assert refused.value.status == 409
