"""The bonus: a hundredth of each order, paid by the harbour's fund. The bus calls, and may call again."""

from uuid import uuid4

from shop.cloud import ARCHIVE, BUS, rule_arn


async def heard(event, pay):
    """Pay the bonus for the order in an event: total_cents // 100."""
    order = event["detail"]
    await pay(order, order["total_cents"] // 100, key=order["id"])


def replay(events, since, until):
    """Have the rule ``bonus`` get once more what was said from ``since`` on and before ``until``.

    shop.cloud.rule_arn("bonus") is the rule's ARN.
    """
    events.start_replay(
        ReplayName=f"bonus-{uuid4()}",
        EventSourceArn=ARCHIVE,
        EventStartTime=since,
        EventEndTime=until,
        Destination={"Arn": BUS, "FilterArns": [rule_arn("bonus")]},
    )
