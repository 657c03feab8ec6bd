"""Kubernetes manifests -> Stack: a strict subset (docs/kubernetes.md), so that what runs here is also applied there.

Everything else is refused with file:line, the field's path, what was got and what would be accepted. The only I/O is
reading the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from capsize.stack.kubernetes.asked_ports import refuse_strange_ports
from capsize.stack.kubernetes.configuration import configuration
from capsize.stack.kubernetes.documents import Document, documents, one_namespace, refuse_nothing
from capsize.stack.kubernetes.names import names, publish, refuse_dead_ends
from capsize.stack.kubernetes.pods import PodContext
from capsize.stack.kubernetes.target_groups import refuse_strays
from capsize.stack.kubernetes.workloads import workload
from capsize.stack.model import Service, Stack
from capsize.stack.refusal import StackFileError

__all__ = ["StackFileError", "read"]


def read(files: Path | Iterable[Path], variables: Mapping[str, str] = {}, *, time_scale: float = 1.0) -> Stack:
    """Read manifests; an object of a later file takes the place of an earlier one of the same kind and name.

    Of ``variables``, ``CODE`` is the folder that the ConfigMap ``code`` stands for, and ``SEED`` makes random the
    values of Secrets that ask for it. The stack is named after the first file's folder. Raises StackFileError, and
    nothing else, for whatever is in the files.
    """
    paths = [files] if isinstance(files, Path) else list(files)
    first, found = paths[0], documents(paths)
    refuse_nothing(found, first)
    namespace = one_namespace(found)
    refuse_strays(found)
    services = _services(found, PodContext(namespace, configuration(found, variables), variables))
    known = names(found, namespace, services)
    refuse_dead_ends(services.values(), known, found)
    refuse_strange_ports(services, found)
    name = first.resolve().parent.name or "stack"
    return Stack(name, first, publish(services, found, known), time_scale, known)


def _services(found: Iterable[Document], around: PodContext) -> dict[str, Service]:
    services: dict[str, Service] = {}
    for document in (document for document in found if document.kind in ("Deployment", "Job")):
        for service in workload(document, around):
            if service.name in services:
                taken = services[service.name]
                words = "a Deployment and a Job of one name"
                if owner := service.network_of or taken.network_of:
                    words = f"a container of {owner} is called {service.name} here, as another workload is"
                raise document.meta.refuse("name", words, expected=f"another ({taken.place} has it)")
            services[service.name] = service
    return services
