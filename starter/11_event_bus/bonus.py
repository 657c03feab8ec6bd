"""The bonus: a hundredth of each order, paid by the harbour's fund. The bus calls, and may call again."""

from datetime import UTC, datetime
from uuid import uuid4

from shop.cloud import ARCHIVE, BUS


async def heard(event, pay):
    """Pay the bonus for the order in an event: total_cents // 100."""
    order = event["detail"]
    # TODO 11.3: every order is paid its bonus, and once, however often the bus calls for it.
    if order["currency"] == "EUR":
        await pay(order, order["total_cents"] // 100)


def replay(events, since, until):
    """Have the rule ``bonus`` get once more what was said from ``since`` on and before ``until``.

    shop.cloud.rule_arn("bonus") is the rule's ARN.
    """
    events.start_replay(
        ReplayName=f"bonus-{uuid4()}",
        EventSourceArn=ARCHIVE,
        EventStartTime=datetime(2020, 1, 1, tzinfo=UTC),
        EventEndTime=datetime.now(UTC),
        Destination={"Arn": BUS},
    )
