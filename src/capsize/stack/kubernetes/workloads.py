"""Deployments and Jobs: how many pods, how they are replaced, and when one that ended is started again."""

from __future__ import annotations

from dataclasses import replace

from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.pods import PodContext, labels, pod
from capsize.stack.kubernetes.record import Record
from capsize.stack.model import Restart, Rollout, Service

SHARE = "25%"
DEADLINE = 600
ATTEMPTS = 6
FIRST, LONGEST, LONGEST_OF_JOB, FORGIVEN = 10.0, 300.0, 360.0, 600.0  # seconds


def workload(document: Document, around: PodContext) -> tuple[Service, ...]:
    """Read a Deployment or a Job, a service for each container, the owner of their pods first."""
    return (_deployment if document.kind == "Deployment" else _job)(document, around)


def _deployment(document: Document, around: PodContext) -> tuple[Service, ...]:
    spec, replicas = document.spec, document.spec.whole("replicas", 1)
    owner, *others = (_always(service) for service in pod(document, around))
    _refuse_other_policy(document, ("Always",), "Always")
    _refuse_stranger(document)
    if owner.image and replicas > 1:
        raise spec.refuse("replicas", "a backing service has data of its own", expected="0 or 1")
    rollout = _rollout(spec, replicas)
    return replace(owner, replicas=replicas, rollout=rollout), *(replace(each, rollout=rollout) for each in others)


def _always(service: Service) -> Service:
    """Start a container again whenever it ends; one that prepares the others, until it has ended with 0."""
    is_init = service.part == "init"
    restart = Restart("on-failure" if is_init else "always", None, FIRST, LONGEST, FORGIVEN)
    return replace(service, restart=restart, runs_once=is_init)


def _refuse_stranger(document: Document) -> None:
    selector, found = document.spec.needed("selector"), labels(document)
    wanted = selector.mapping("matchLabels")
    for key, value in wanted.items():
        if found.get(key) != value:
            got = f"{key}: {found[key]}" if key in found else f"no label {key}"
            raise selector.needed("matchLabels").refuse(
                key, "the template's labels do not match", expected=f"{key}: {value} in the template too", got=got
            )
    if not wanted:
        raise selector.refuse("matchLabels", "this selects nothing", expected="a label of the template")


def _rollout(spec: Record, replicas: int) -> Rollout:
    ready, deadline = spec.whole("minReadySeconds", 0), spec.whole("progressDeadlineSeconds", DEADLINE)
    if deadline <= ready:
        words = "progressDeadlineSeconds" if "progressDeadlineSeconds" in spec else "minReadySeconds"
        raise spec.refuse(words, "no pod can be ready in time", expected=f"minReadySeconds ({ready}) below {deadline}")
    surge, unavailable = _pace(spec.part("strategy"), replicas)
    return Rollout(surge, unavailable, float(ready), float(deadline))


def _pace(strategy: Record | None, replicas: int) -> tuple[int, int]:
    rolling = strategy.part("rollingUpdate") if strategy else None
    if strategy and strategy.text("type") == "Recreate":
        if rolling:
            raise strategy.refuse("rollingUpdate", "Recreate does not roll", expected="type: RollingUpdate")
        return 0, max(1, replicas)
    surge, unavailable = (rolling.text(key, SHARE) if rolling else SHARE for key in ("maxSurge", "maxUnavailable"))
    if rolling and not int(surge.rstrip("%")) and not int(unavailable.rstrip("%")):
        raise rolling.refuse("maxUnavailable", "no pod could ever be replaced", expected="one of the two above 0")
    if rolling and unavailable.endswith("%") and int(unavailable[:-1]) > 100:
        raise rolling.refuse("maxUnavailable", "this is more than all", expected='at most "100%"')
    counts = -_count(surge, -replicas), _count(unavailable, replicas)  # a surge rounds up, what may be missing down
    return counts if any(counts) else (0, 1)  # as Kubernetes does where both shares round to nothing


def _count(text: str, of: int) -> int:
    if text.endswith("%"):
        return int(text[:-1]) * of // 100
    return int(text) if of >= 0 else -int(text)


def _job(document: Document, around: PodContext) -> tuple[Service, ...]:
    services = pod(document, around)
    _refuse_other_policy(document, ("Never", "OnFailure"), "")
    attempts = document.spec.whole("backoffLimit", ATTEMPTS)
    longest = LONGEST_OF_JOB if _policy(document, "") == "Never" else LONGEST
    restart = Restart("on-failure", attempts, FIRST, longest, FORGIVEN)
    return tuple(
        _always(service) if service.part == "sidecar" else replace(service, restart=restart, runs_once=True)
        for service in services
    )


def _policy(document: Document, default: str) -> str:
    return document.spec.needed("template").needed("spec").text("restartPolicy", default)


def _refuse_other_policy(document: Document, allowed: tuple[str, ...], default: str) -> None:
    if _policy(document, default) not in allowed:
        spec = document.spec.needed("template").needed("spec")
        words = f"the pods of a {document.kind} cannot have this restartPolicy"
        raise spec.refuse("restartPolicy", words, expected=" or ".join(allowed), got=_policy(document, "") or "none")
