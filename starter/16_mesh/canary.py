"""How a new version gets to customers, or does not. `mesh` is given: its switch, and Envoy's own figures."""

from asyncio import sleep

LOOK = 0.1  # seconds between two looks at the figures


async def release(mesh):
    """Bring version 2 to all customers by `mesh.steps`, or back to none. Return whether it is in."""
    for percent in mesh.steps:
        if not await holds(mesh, percent):
            await mesh.shift(0)
            return False
    return True


async def holds(mesh, percent):
    """Give `percent` of the calls to version 2, and return whether it may have more."""
    await mesh.shift(percent)
    # TODO 16.3: its answers decide, when enough of them are known: more of them, or none.
    await sleep(1)
    return True
