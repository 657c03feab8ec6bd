"""Analytics: the orders that were placed, as rows of a table in DuckDB, for questions about all of them."""

import json

from nats.js.api import ConsumerConfig, DeliverPolicy

from shop import streams

TABLE = "CREATE TABLE IF NOT EXISTS sales (order_id UUID PRIMARY KEY, total_cents BIGINT)"
ROW = "INSERT OR REPLACE INTO sales VALUES (?, ?)"


async def replay(js, since, db):
    """Read the orders placed since a moment (a datetime) into the table. This may run again, from any moment."""
    db.execute(TABLE)
    config = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=since.isoformat())
    async for message in streams.until_now(await js.pull_subscribe("orders.placed", config=config)):
        order = json.loads(message.data)
        db.execute(ROW, [order["id"], order["total_cents"]])
        await message.ack()
