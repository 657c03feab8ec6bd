"""Kubernetes manifests -> Stack: a strict subset (docs/kubernetes.md), so that what runs here is also applied there.

Everything else is refused with file:line, the field's path, what was got and what would be accepted. The only I/O is
reading the files.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from capsize.stack.kubernetes.asked_ports import refuse_strange_ports
from capsize.stack.kubernetes.configuration import configuration
from capsize.stack.kubernetes.documents import Document, documents, manifests, one_namespace, refuse_nothing
from capsize.stack.kubernetes.names import names, publish, refuse_dead_ends
from capsize.stack.kubernetes.pods import PodContext
from capsize.stack.kubernetes.target_groups import refuse_strays
from capsize.stack.kubernetes.workloads import workload
from capsize.stack.model import Service, Stack
from capsize.stack.refusal import Findings, StackFileError

__all__ = ["StackFileError", "manifests", "read"]

NO_SERVICES: tuple[Service, ...] = ()


def read(
    files: Path | Iterable[Path],
    variables: Mapping[str, str] = {},
    *,
    time_scale: float = 1.0,
    dockerfiles: bool = False,
) -> Stack:
    """Read manifests; an object of the first file gives way to one of the same kind and name in another.

    Of ``variables``, ``CODE`` is the folder that the ConfigMap ``code`` stands for, and ``SEED`` makes random the
    values of Secrets that ask for it. With ``dockerfiles`` any other image is one that is built from a Dockerfile near
    the manifest. The stack is named after the first file's folder. Raises StackFileError, and nothing else, for
    whatever is in the files.
    """
    paths = [files] if isinstance(files, Path) else list(files)
    first, findings = paths[0], Findings()
    found = documents(paths, findings)
    if not findings.refused:
        refuse_nothing(found, first)
    namespace = findings.attempt(lambda: one_namespace(found), "default")
    findings.attempt(lambda: refuse_strays(found), None)
    held = configuration(found, variables, findings)
    services = _services(found, PodContext(namespace, held, variables, dockerfiles), findings)
    findings.tell()
    known = names(found, namespace, services, findings)
    findings.tell()
    name = first.resolve().parent.name or "stack"
    stack = Stack(name, first, publish(services, found, known, findings), time_scale, known)
    refuse_dead_ends(stack, found)
    refuse_strange_ports(services, found)
    findings.tell()
    return replace(stack, notes=tuple(sorted(findings.notes, key=lambda note: note.place.line)))


def _services(found: Iterable[Document], around: PodContext, findings: Findings) -> dict[str, Service]:
    services: dict[str, Service] = {}
    for document in (document for document in found if document.kind in ("Deployment", "Job")):
        for service in findings.attempt(functools.partial(workload, document, around), NO_SERVICES):
            if service.name in services:
                taken = services[service.name]
                words = "a Deployment and a Job of one name"
                if owner := service.network_of or taken.network_of:
                    words = f"a container of {owner} is called {service.name} here, as another workload is"
                findings.refused.append(document.meta.refuse("name", words, expected=f"another ({taken.place} has it)"))
            services[service.name] = service
    return services
