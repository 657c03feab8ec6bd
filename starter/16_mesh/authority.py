"""How long the mesh's certificates last, and how its root is replaced. `mesh` and its root are given."""


async def keep(mesh):
    """Supply the workloads with certificates that last `mesh.seconds`, as long as the mesh is up."""
    # TODO 16.1: nobody notices that certificates end, nor that the root is replaced, and then the old one is void.
    await supply(mesh)


async def replace(mesh, new):
    """Replace `mesh.root` by a new one."""
    mesh.root = new
    await mesh.trust(new)
    await supply(mesh)


async def supply(mesh):
    for workload in mesh.workloads:
        await mesh.give(workload, mesh.root.issue(workload, mesh.seconds))
