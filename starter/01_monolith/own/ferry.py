"""Ferry: a booking is two seats, each in a row of the customer's choice."""

from shop.refusals import SoldOut


async def book(db, customer, rows):
    """Book a seat in each of two rows (names, perhaps the same one twice) for a customer; return the booking's id.

    Raises SoldOut if there is no seat. ``db`` is an asyncpg connection, with no transaction open.
    """
    for row in rows:
        free = await db.fetchval("SELECT free FROM ferry.seats WHERE row_name = $1", row)
        if not free:
            raise SoldOut(f"row {row} is full")
        await db.execute("UPDATE ferry.seats SET free = $2 WHERE row_name = $1", row, free - 1)
    booked = "INSERT INTO ferry.bookings (customer, row_names) VALUES ($1, $2) RETURNING id"
    return await db.fetchval(booked, customer, rows)
