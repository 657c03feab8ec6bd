"""What an event says of an order, what the yard keeps of it, and what the yard answers with.

An order has id, version, customer, address, item, pieces, card; each change of it has the next version.
"""


def told(order):
    """Return what the shop says on the bus of an order that was placed or changed."""
    return {name: value for name, value in order.items() if name != "card"}


def heard(kept, detail):
    """Keep what an event says, in the dict ``kept``: a value for each order's id. Events may come twice, or late."""
    known = kept.get(detail["id"], {"version": 0})
    kept[detail["id"]] = max(known, detail, key=lambda one: one["version"])


async def parcel(own, ask_shop):
    """Return what is written on a parcel; ``own`` is what is kept of its order, ``await ask_shop()`` the order."""
    return own
