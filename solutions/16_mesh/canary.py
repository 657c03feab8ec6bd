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
    before = await mesh.counts()
    await mesh.shift(percent)
    while before and (now := await mesh.counts()):
        seen = now - before
        if seen.failed > mesh.budget * max(seen.answered, mesh.enough):
            return False
        if seen.answered >= mesh.enough:
            return True
        await sleep(LOOK)
    return False  # who cannot see does not go on
