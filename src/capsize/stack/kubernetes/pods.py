"""A pod template as the model's Services, one a container: its image, words, environment, probes, hook and volumes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from capsize.stack import images
from capsize.stack.kubernetes.configuration import Configuration
from capsize.stack.kubernetes.containers import ContainerSpec, containers, named
from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.mounts import mounts
from capsize.stack.kubernetes.probes import pre_stop, probe
from capsize.stack.kubernetes.quantities import limits
from capsize.stack.kubernetes.record import Record
from capsize.stack.kubernetes.variables import PodSpec, environment, expand
from capsize.stack.model import OUTSIDE, Service

OURS = re.compile(r"capsize-shop(:[\w.-]+)?")
SUPPORTED = f"capsize-shop for the lab's code; {images.SUPPORTED}"
GRACE = 30


@dataclass(frozen=True)
class PodContext:
    """What a pod finds around it: a namespace, the ConfigMaps and Secrets, and the kit's variables."""

    namespace: str
    configuration: Configuration
    variables: Mapping[str, str]


def pod(document: Document, around: PodContext) -> tuple[Service, ...]:
    """Read the template of a Deployment or a Job, the owner first. What the two add is for their own readers."""
    if document.name == OUTSIDE:
        words = f"{OUTSIDE} is what the kit calls every caller from outside"
        raise document.meta.refuse("name", words, expected="another name")
    found = tuple(_container(document, each, around) for each in containers(document))
    _refuse_twin_doors(document, found)
    return found


def _container(document: Document, container: ContainerSpec, around: PodContext) -> Service:
    spec, record = document.spec.needed("template").needed("spec"), container.record
    image = _image(record)
    env = environment(record, PodSpec(around.namespace, labels(document), around.configuration))
    grace = spec.whole("terminationGracePeriodSeconds", GRACE)
    readiness, liveness, startup = (
        probe(record, f"{name}Probe", container.ports) for name in ("readiness", "liveness", "startup")
    )
    return Service(
        name=container.service,
        place=document.place if container.is_owner else record.value.place,
        image=image,
        command=_words(record, env, needed=image is None),
        environment=env,
        limits=limits(record.part("resources")),
        stop_grace_period=float(grace),
        volumes=mounts(spec, record, around.configuration, around.variables),
        pre_stop=pre_stop(record, container.ports, grace),
        readiness=readiness,
        liveness=liveness,
        startup=startup,
        network_of=None if container.is_owner else container.owner,
        part=container.part,
        container_port=next(iter(container.numbers), None) if container.part != "init" else None,
    )


def _refuse_twin_doors(document: Document, pod: tuple[Service, ...]) -> None:
    taken: dict[int, str] = {}
    for service in pod:
        port, container = service.listens, named(document, service.name)
        if port in taken and container.part != "init":
            words = f"{taken[port]} listens on port {port} of the same network"
            raise container.record.value.refuse(words, expected="another PORT", got=str(port))
        if port is not None and container.part != "init":
            taken[port] = service.name


def labels(document: Document) -> Mapping[str, str]:
    """Return the labels that the template gives to its pods."""
    meta = document.spec.needed("template").part("metadata")
    return meta.mapping("labels") if meta else {}


def _image(container: Record) -> str | None:
    image = container.text("image")
    if OURS.fullmatch(image):
        return None
    if images.repository(image) is None:
        raise container.refuse("image", "this image does not run without Docker", expected=SUPPORTED)
    return image


def _words(container: Record, env: Mapping[str, str], *, needed: bool) -> tuple[str, ...]:
    words = (*container.texts("command"), *container.texts("args"))
    if needed and not container.texts("command"):
        expected = 'command: ["python", "-m", …]: without Docker there is no image to take one from'
        raise container.value.refuse("command is missing", expected=expected)
    if words and not words[0]:
        raise container.refuse("command", "this command runs nothing", expected="a program's name")
    return tuple(expand(word, env) for word in words)
