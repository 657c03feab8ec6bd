"""A pod template as the model's Services, one a container: its image, words, environment, probes, hook and volumes."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from capsize.stack import images
from capsize.stack.build import Build
from capsize.stack.dockerfile import DOCKERFILE, completed
from capsize.stack.kubernetes.configuration import Configuration
from capsize.stack.kubernetes.containers import ContainerSpec, containers, named
from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.mounts import mounts
from capsize.stack.kubernetes.probes import pre_stop, probe
from capsize.stack.kubernetes.quantities import limits
from capsize.stack.kubernetes.record import Record
from capsize.stack.kubernetes.variables import PodSpec, environment, expand
from capsize.stack.model import OUTSIDE, Limits, Probe, Service, Volume
from capsize.stack.ports import HIGHEST
from capsize.stack.refusal import shorten
from capsize.stack.value import Value

OURS = re.compile(r"capsize-shop(:[\w.-]+)?")
SUPPORTED = f"capsize-shop for the lab's code; {images.SUPPORTED}"
GRACE = 30
NO_VARIABLES: Mapping[str, str] = {}
NO_WORDS: tuple[str, ...] = ()
NO_VOLUMES: tuple[Volume, ...] = ()


@dataclass(frozen=True)
class PodContext:
    """What a pod finds around it: a namespace, the ConfigMaps and Secrets, and the kit's variables.

    With ``dockerfiles`` an image of somebody's own is built from one near the manifest.
    """

    namespace: str
    configuration: Configuration
    variables: Mapping[str, str]
    dockerfiles: bool = False


def pod(document: Document, around: PodContext) -> tuple[Service, ...]:
    """Read the template of a Deployment or a Job, the owner first. What the two add is for their own readers."""
    if document.name == OUTSIDE:
        words = f"{OUTSIDE} is what the kit calls every caller from outside"
        raise document.meta.refuse("name", words, expected="another name")
    found = tuple(_container(document, each, around) for each in containers(document))
    for service in found:
        _refuse_odd_port(document, service)
    _refuse_twin_doors(document, found)
    return found


def _refuse_odd_port(document: Document, service: Service) -> None:
    said = service.environment.get("PORT", "1")
    if not (said.isascii() and said.isdecimal() and 1 <= int(said[:9]) <= HIGHEST):
        container = named(document, service.name).record
        entry = next((one.value for one in container.parts("env") if one.text("name") == "PORT"), container.value)
        expected = f"a number from 1 to {HIGHEST}: the port at which this container listens"
        raise entry.refuse("PORT is not a port", expected=expected, got=shorten(said))


def _container(document: Document, container: ContainerSpec, around: PodContext) -> Service:
    spec, record = document.spec.needed("template").needed("spec"), container.record
    attempt = record.value.attempt
    pod_of = PodSpec(around.namespace, labels(document), around.configuration)
    env = attempt(lambda _: environment(record, pod_of), NO_VARIABLES)
    build = attempt(lambda _: _build(record, around), None)
    grace = spec.whole("terminationGracePeriodSeconds", GRACE)
    readiness, liveness, startup = (
        attempt(functools.partial(_probe, container, f"{name}Probe"), None)
        for name in ("readiness", "liveness", "startup")
    )
    found = Service(
        name=container.service,
        place=document.place if container.is_owner else record.value.place,
        image=None if _is_built(record, around) else attempt(lambda _: _image(record), None),
        build=build,
        command=attempt(lambda _: _words(record, env), NO_WORDS),
        environment=env,
        limits=attempt(lambda _: limits(record.part("resources")), Limits()),
        stop_grace_period=float(grace),
        volumes=attempt(lambda _: mounts(spec, record, around.configuration, around.variables), NO_VOLUMES),
        pre_stop=attempt(lambda _: pre_stop(record, container.ports, grace), None),
        readiness=readiness,
        liveness=liveness,
        startup=startup,
        network_of=None if container.is_owner else container.owner,
        part=container.part,
        container_port=next(iter(container.numbers), None) if container.part != "init" else None,
    )
    return attempt(lambda _: completed(found, is_whole=bool(record.texts("command")), asked=False), found)


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


def _probe(container: ContainerSpec, key: str, _value: Value) -> Probe | None:
    return probe(container.record, key, container.ports)


def _is_built(container: Record, around: PodContext) -> bool:
    image = container.text("image")
    return around.dockerfiles and not OURS.fullmatch(image) and images.repository(image) is None


def _build(container: Record, around: PodContext) -> Build | None:
    """Find the Dockerfile of an image that is none of the kit's: in a folder of its name, or beside the manifest."""
    if not _is_built(container, around):
        return None
    image = container.text("image")
    here = container.value.place.file.absolute().parent
    name = image.rpartition("/")[2].partition("@")[0].partition(":")[0]
    folders = [folder for near in (here, here.parent) for folder in (near / name, near)]
    found = next((folder for folder in folders if (folder / DOCKERFILE).is_file()), None)
    if found is None:
        words = f"{folders[0] / DOCKERFILE}, or {DOCKERFILE} beside the manifest; or {SUPPORTED}"
        raise container.refuse("image", "this image is not on this machine, and no Dockerfile makes it", expected=words)
    return Build(found, found / DOCKERFILE)


def _words(container: Record, env: Mapping[str, str]) -> tuple[str, ...]:
    needed = OURS.fullmatch(container.text("image")) is not None
    words = (*container.texts("command"), *container.texts("args"))
    if needed and not container.texts("command"):
        expected = 'command: ["python", "-m", …]: without Docker there is no image to take one from'
        raise container.value.refuse("command is missing", expected=expected)
    if words and not words[0]:
        raise container.refuse("command", "this command runs nothing", expected="a program's name")
    return tuple(expand(word, env) for word in words)
