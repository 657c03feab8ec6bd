"""Ferry: a booking is two seats, each in a row of the customer's choice."""

from shop.refusals import SoldOut


async def book(db, customer, rows):
    """Book a seat in each of two rows (names, perhaps the same one twice) for a customer; return the booking's id.

    Raises SoldOut if there is no seat. ``db`` is an asyncpg connection, with no transaction open.
    """
    take = "UPDATE ferry.seats SET free = free - 1 WHERE row_name = $1 AND free > 0 RETURNING free"
    booked = "INSERT INTO ferry.bookings (customer, row_names) VALUES ($1, $2) RETURNING id"
    async with db.transaction():
        for row in sorted(rows):  # everybody in the same order, so that no two wait for each other
            if await db.fetchval(take, row) is None:
                raise SoldOut(f"row {row} is full")
        return await db.fetchval(booked, customer, rows)
