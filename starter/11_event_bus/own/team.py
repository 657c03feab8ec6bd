"""The insurers, a third team: how they subscribe to the shop's bus. Their program reads the queue ``insurers``."""

import json

from shop.cloud import BUS_NAME, queue_arn


def subscribe(events, sqs):
    """Have the queue ``insurers`` get what the team needs; called whenever its program starts.

    ``events`` and ``sqs`` are boto3's clients, BUS_NAME is the bus, queue_arn("insurers") the name of a queue.
    """
    sqs.create_queue(QueueName="insurers")
    events.put_rule(Name="insurers", EventBusName=BUS_NAME, EventPattern=json.dumps({"source": ["shop.orders"]}))
    target = {"Id": "queue", "Arn": queue_arn("insurers")}
    events.put_targets(Rule="insurers", EventBusName=BUS_NAME, Targets=[target])
