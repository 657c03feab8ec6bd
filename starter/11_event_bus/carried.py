"""What an event says of an order, what the yard keeps of it, and what the yard answers with.

An order has id, version, customer, address, item, pieces, card; each change of it has the next version.
"""


def told(order):
    """Return what the shop says on the bus of an order that was placed or changed."""
    # TODO 11.4: the yard answers from what it has heard, with the newest version, and the card stays in the shop.
    return {"id": order["id"]}


def heard(kept, detail):
    """Keep what an event says, in the dict ``kept``: a value for each order's id. Events may come twice, or late."""
    kept[detail["id"]] = detail


async def parcel(own, ask_shop):
    """Return what is written on a parcel; ``own`` is what is kept of its order, ``await ask_shop()`` the order."""
    return await ask_shop()
