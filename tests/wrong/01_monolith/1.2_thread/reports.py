"""Sales report: what sold, and when to reorder. A delivery takes three weeks, so the stock must last three weeks."""

import asyncio

SALES = """
    SELECT sku, sold_by_week, coalesce(sold, 0)::int AS sold, coalesce(revenue, 0)::int AS revenue_cents
    FROM orders.past_weeks LEFT JOIN
        (SELECT sku, sum(quantity) AS sold, sum(quantity * price_cents) AS revenue FROM orders.lines GROUP BY sku) lines
        USING (sku)
    ORDER BY sku
"""


async def sales(db):
    """Return every item's pieces sold, its revenue, and the stock at which to reorder it."""
    rows = await db.fetch(SALES)
    history = [row["sold_by_week"] for row in rows]
    points = await asyncio.to_thread(reorder_points, history)
    return [
        {"sku": row["sku"], "sold": row["sold"], "revenue_cents": row["revenue_cents"], "reorder_at": point}
        for row, point in zip(rows, points, strict=True)
    ]


def reorder_points(history):
    """Return for each item the demand that 95 percent of all combinations of three past weeks stay below."""
    return [_percentile([a + b + c for a in weeks for b in weeks for c in weeks], 95) for weeks in history]


def _percentile(numbers, percent):
    return sorted(numbers)[len(numbers) * percent // 100]
