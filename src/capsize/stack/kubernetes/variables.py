"""A container's environment: env and envFrom, from ConfigMaps, Secrets and the pod itself, and ``$(NAME)`` in texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from capsize.stack.kubernetes.configuration import Configuration
from capsize.stack.kubernetes.record import Record
from capsize.stack.model import INSTANCE

REFERENCE = re.compile(r"\$(?:(?P<escaped>\$)|\((?P<name>[^)]*)\))")
OF_LABEL = re.compile(r"metadata\.labels\['(?P<key>[^']+)'\]")
FORMS = "metadata.name, metadata.namespace, status.podIP or metadata.labels['app']"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class PodSpec:
    """What a pod can be told of itself."""

    namespace: str
    labels: Mapping[str, str]
    configuration: Configuration


def environment(container: Record, pod: PodSpec) -> dict[str, str]:
    """Read envFrom, then env over it; ``$(NAME)`` means what stands above."""
    found: dict[str, str] = {}
    for source in container.parts("envFrom"):
        found |= {f"{source.text('prefix')}{name}": text for name, text in _all(source, pod).items()}
    for entry in container.parts("env"):
        value = _value(entry, pod, found)
        if value is not None:
            found[entry.text("name")] = value
    return found


def expand(text: str, environment: Mapping[str, str]) -> str:
    """Put variables into a text as Kubernetes does: ``$$`` is a dollar sign, an unknown ``$(NAME)`` stays."""
    return REFERENCE.sub(lambda found: "$" if found["escaped"] else environment.get(found["name"], found[0]), text)


def _all(source: Record, pod: PodSpec) -> Mapping[str, str]:
    for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
        if field in source:
            return pod.configuration.all(kind, source.needed(field)) or {}
    return {}


def _value(entry: Record, pod: PodSpec, above: Mapping[str, str]) -> str | None:
    source = entry.part("valueFrom")
    if source is None:
        return expand(entry.text("value"), above)
    if entry.text("value"):
        raise entry.refuse("value", "a value and where it comes from", expected="value or valueFrom", got="both")
    for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        if field in source:
            return pod.configuration.key(kind, source.needed(field))
    return _own(source.needed("fieldRef"), pod)


def _own(reference: Record, pod: PodSpec) -> str:
    path = reference.text("fieldPath")
    known = {"metadata.name": INSTANCE, "metadata.namespace": pod.namespace, "status.podIP": LOOPBACK}
    label = OF_LABEL.fullmatch(path)
    if path not in known and not label:
        raise reference.refuse("fieldPath", "this field of the pod is not known here", expected=FORMS)
    return pod.labels.get(label["key"], "") if label else known[path]
