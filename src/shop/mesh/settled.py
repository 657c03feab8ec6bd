"""An authority that issues each certificate once, and for so long that nobody has to think of it."""

from __future__ import annotations

from shop.mesh.supplies import Mesh


async def keep(mesh: Mesh) -> None:
    """Supply each workload with a certificate."""
    for workload in mesh.workloads:
        await mesh.give(workload, mesh.root.issue(workload, mesh.seconds))
