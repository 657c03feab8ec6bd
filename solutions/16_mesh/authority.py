"""How long the mesh's certificates last, and how its root is replaced. `mesh` and its root are given."""

from asyncio import sleep


async def keep(mesh):
    """Supply the workloads with certificates that last `mesh.seconds`, as long as the mesh is up."""
    while True:
        await supply(mesh)
        await sleep(mesh.seconds / 3)  # two thirds are left for an authority that is away


async def replace(mesh, new):
    """Replace `mesh.root` by a new one."""
    await mesh.trust(mesh.root, new)
    await mesh.taken()
    mesh.root = new
    await supply(mesh)
    await mesh.taken()
    await mesh.trust(new)


async def supply(mesh):
    for workload in mesh.workloads:
        await mesh.give(workload, mesh.root.issue(workload, mesh.seconds))
