"""A start that nobody notices: the service listens, at the port that its file knows and not at the one that it has."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import anyio.to_thread

from capsize.runtime.control.complaint import BY_PORT, complaint
from capsize.runtime.control.instance import Instance


async def refuse_other_ports(instance: Instance) -> None:
    """Refuse a start at a port of the file: in a container it would be the service's own, on one machine it is not."""
    if instance.pid is None or instance.plan.is_contained or instance.service.image:
        return
    listening = await anyio.to_thread.run_sync(lambda pid: set(_ports(pid)), instance.pid)
    told = {instance.service.listens, *(port.container for port in instance.service.ports)}
    if instance.port not in listening and listening & told:
        port = min(listening & told)
        error = complaint(instance, f"listens on port {port}, and not on the port that it was given")
        error.expected, error.got, error.next = f"port {instance.port}, as $PORT says", f"port {port}", BY_PORT
        raise error


def _ports(pid: int) -> Iterator[int]:
    import psutil  # takes its time to import, and few starts need it

    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            for connection in one.net_connections(kind="tcp"):
                if connection.status == psutil.CONN_LISTEN:
                    yield connection.laddr.port
