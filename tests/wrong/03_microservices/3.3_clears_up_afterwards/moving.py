"""Moving the charges: from the monolith's database (old) to payments' own database (new), with customers inside.

The move has steps. `step` is the one in which a request began: "old", then "both", then the backfill, then "new".
`old` and `new` are pools of asyncpg.
"""

WRITE = (
    "INSERT INTO payments.charges (key, order_id, amount_cents, charged_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (key) DO NOTHING"
)
READ = "SELECT coalesce(sum(amount_cents), 0)::int FROM payments.charges WHERE order_id = $1"
ALL = "SELECT key, order_id, amount_cents, charged_at FROM payments.charges"
ONE = f"{ALL} WHERE key = $1"
EXTRA = "DELETE FROM payments.charges WHERE key <> ALL($1)"


async def charge(step, old, new, charge):
    """Write a charge: its key, order, cents and time. The same key again writes nothing."""
    if step == "new":
        await new.execute(WRITE, *charge)
        return
    await old.execute(WRITE, *charge)
    if step == "both":
        written = await old.fetchrow(ONE, charge[0])  # perhaps an earlier try's, with an earlier time
        await new.execute(WRITE, *written)


async def backfill(old, new):
    """Copy the charges that only the old database has. Runs when every request writes to both."""
    rows = await old.fetch(ALL)
    await new.executemany(WRITE, [tuple(row) for row in rows])
    await new.execute(EXTRA, [row["key"] for row in rows])  # what an interrupted one has left


async def charged(step, old, new, order_id):
    """Return the cents that were charged for an order."""
    return await (new if step == "new" else old).fetchval(READ, order_id)
