"""A pod template as the model's Service: one container, its image, words, environment, probes, hook and volumes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from capsize.stack import images
from capsize.stack.kubernetes.configuration import Configuration
from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.mounts import mounts
from capsize.stack.kubernetes.probes import pre_stop, probe
from capsize.stack.kubernetes.quantities import limits
from capsize.stack.kubernetes.record import Record
from capsize.stack.kubernetes.variables import Pod, environment, expand
from capsize.stack.model import OUTSIDE, Service

OURS = re.compile(r"capsize-shop(:[\w.-]+)?")
SUPPORTED = f"capsize-shop for the lab's code; {images.SUPPORTED}"
GRACE = 30


@dataclass(frozen=True)
class Surroundings:
    """What a pod finds around it: a namespace, the ConfigMaps and Secrets, and the kit's variables."""

    namespace: str
    configuration: Configuration
    variables: Mapping[str, str]


def pod(document: Document, around: Surroundings) -> Service:
    """Read the template of a Deployment or a Job. What the two add is for their own readers."""
    spec = document.spec.needed("template").needed("spec")
    container, ports = _container(spec), port_names(document)
    image = _image(container)
    env = environment(container, Pod(around.namespace, labels(document), around.configuration))
    grace = spec.whole("terminationGracePeriodSeconds", GRACE)
    probes = {name: probe(container, f"{name}Probe", ports) for name in ("readiness", "liveness", "startup")}
    _refuse_name(document)
    return Service(
        name=document.name,
        place=document.place,
        image=image,
        command=_words(container, env, needed=image is None),
        environment=env,
        limits=limits(container.part("resources")),
        stop_grace_period=float(grace),
        volumes=mounts(spec, container, around.configuration, around.variables),
        pre_stop=pre_stop(container, ports, grace),
        readiness=probes["readiness"],
        liveness=probes["liveness"],
        startup=probes["startup"],
    )


def labels(document: Document) -> Mapping[str, str]:
    """Return the labels that the template gives to its pods."""
    meta = document.spec.needed("template").part("metadata")
    return meta.mapping("labels") if meta else {}


def port_names(document: Document) -> Mapping[str, int]:
    """Return the container's ports by name."""
    container = document.spec.needed("template").needed("spec").parts("containers")[0]
    named = [port for port in container.parts("ports") if "name" in port]
    return {port.text("name"): port.whole("containerPort", 0) for port in named}


def _container(spec: Record) -> Record:
    first, *others = spec.parts("containers")
    if others:
        raise others[0].value.refuse("this is a second container", expected="one container in a pod, for now")
    return first


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


def _refuse_name(document: Document) -> None:
    if document.name == OUTSIDE:
        words = f"{OUTSIDE} is what the kit calls every caller from outside"
        raise document.meta.refuse("name", words, expected="another name")
