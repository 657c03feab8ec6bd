"""Where orders keeps its SQL on charges."""


async def charge(db, order_id, cents):
    await db.execute("INSERT INTO payments.charges (order_id, amount_cents) VALUES ($1, $2)", order_id, cents)
