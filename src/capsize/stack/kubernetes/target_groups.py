"""A Service's annotations as a target group: the health checks of a load balancer in front of its instances.

The names, what holds where one is not given, and the limits are those of the AWS Load Balancer Controller (guide,
"Ingress annotations", which it reads on Services too) and of Elastic Load Balancing's CreateTargetGroup. The grace
period is a field of ECS services and Auto Scaling groups, so its annotation is one of our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.record import Record
from capsize.stack.model import Service, TargetGroupSpec
from capsize.stack.refusal import one_of, shorten

BALANCER, OURS = "alb.ingress.kubernetes.io/", "capsize/"
GRACE = f"{OURS}health-check-grace-period-seconds"
ATTRIBUTES, DELAY = f"{BALANCER}target-group-attributes", "deregistration_delay.timeout_seconds"
PATH = f"{BALANCER}healthcheck-path"
INTERVAL, TIMEOUT = f"{BALANCER}healthcheck-interval-seconds", f"{BALANCER}healthcheck-timeout-seconds"
HEALTHY, UNHEALTHY = f"{BALANCER}healthy-threshold-count", f"{BALANCER}unhealthy-threshold-count"
FIXED = {f"{BALANCER}healthcheck-protocol": "HTTP", f"{BALANCER}healthcheck-port": "traffic-port"}
READ = (PATH, INTERVAL, TIMEOUT, HEALTHY, UNHEALTHY, ATTRIBUTES, *FIXED, GRACE)

WHOLE = re.compile(r"0|[1-9][0-9]{0,9}")
HTTP_PATH = re.compile(r"/[!-~]{0,1023}")
LONGEST_GRACE = 2**31 - 1


def target_group(document: Document, service: Service) -> TargetGroupSpec | None:
    """Read the target group of a Service that selects the pods of ``service``; None where no annotation asks for one.

    Raises StackFileError for annotations under the two prefixes that are not read, and for what they cannot mean.
    """
    notes = document.meta.part("annotations")
    asked = _asked(notes)
    if notes is None or not asked:
        return None
    _refuse_strange_names(notes, asked)
    _refuse_place(document, service)
    _refuse_other_words(notes)
    group = TargetGroupSpec(
        name=document.name,
        path=_path(notes),
        interval=_number(notes, INTERVAL, 15, (5, 300)),
        timeout=_number(notes, TIMEOUT, 5, (2, 120)),
        healthy_threshold=_number(notes, HEALTHY, 2, (2, 10)),
        unhealthy_threshold=_number(notes, UNHEALTHY, 2, (2, 10)),
        deregistration_delay=_delay(notes),
        grace=_number(notes, GRACE, 0, (0, LONGEST_GRACE)) if GRACE in notes else None,
    )
    if group.timeout >= group.interval:
        words, expected = "the timeout must be shorter than the interval", f"less than {group.interval:g}"
        raise notes.refuse(TIMEOUT if TIMEOUT in notes else INTERVAL, words, expected=expected)
    return group


def refuse_strays(found: Iterable[Document]) -> None:
    """Refuse annotations of a balancer on an object that no balancer leads to."""
    for document in found:
        notes = document.meta.part("annotations")
        strays = [name for name in _asked(notes) if name.startswith(BALANCER) or name == GRACE]
        if document.kind != "Service" and notes and strays:
            words = f"a {document.kind} has no target group"
            raise notes.refuse(strays[0], words, expected="this annotation at a Service")


def refuse_twin_doors(documents: Iterable[Document], services: Iterable[Service]) -> None:
    """Refuse a balancer by whose name the outside also calls a service at its plain door."""
    plain = {service.name for service in services for port in service.ports if not port.group}
    for document in documents:
        notes = document.meta.part("annotations")
        if document.name in plain and any(name.startswith(BALANCER) for name in _asked(notes)):
            words = f"another Service lets the outside call {document.name} too, and two wires cannot have one name"
            raise document.meta.refuse("name", words, expected="a name of its own, such as balancer")


def _asked(notes: Record | None) -> list[str]:
    return [name for name in notes.keys if name.startswith((BALANCER, OURS))] if notes else []


def _refuse_strange_names(notes: Record, asked: list[str]) -> None:
    for name in asked:
        if name not in READ:
            raise notes.refuse(name, "the kit does not read this annotation", expected=one_of(name, READ), got=name)
    if asked == [GRACE]:
        words = "nothing else asks for a target group, whose health checks this waits for"
        raise notes.refuse(GRACE, words, expected=f"{PATH} beside it")


def _refuse_place(document: Document, service: Service) -> None:
    spec = document.spec
    if spec.text("type", "ClusterIP") == "ClusterIP":
        raise spec.refuse("type", "nobody outside calls a ClusterIP", expected="LoadBalancer or NodePort")
    if len(spec.parts("ports")) > 1:
        raise spec.refuse("ports", "a target group has one port", expected="one port, and a Service for each other")
    if service.image or not service.rollout:
        words = f"the health checks of a balancer need a Deployment of the lab's code, and {service.name} is none"
        raise spec.refuse("selector", words, expected="the labels of a Deployment of capsize-shop")


def _refuse_other_words(notes: Record) -> None:
    for name, word in FIXED.items():
        if notes.text(name, word) != word:
            raise notes.refuse(name, "the kit's instances have one port, which speaks plain HTTP", expected=word)


def _path(notes: Record) -> str:
    path = notes.text(PATH, "/")
    if not HTTP_PATH.fullmatch(path):
        raise notes.refuse(PATH, "not a path", expected="a path such as /healthz, which starts with /")
    return path


def _number(notes: Record, name: str, default: int, limits: tuple[int, int]) -> int:
    return _whole(notes, name, notes.text(name, str(default)), limits)


def _whole(notes: Record, name: str, text: str, limits: tuple[int, int]) -> int:
    lowest, highest = limits
    if not WHOLE.fullmatch(text) or not lowest <= int(text) <= highest:
        expected = f'a whole number from {lowest} to {highest}, in quotes: "{lowest}"'
        raise notes.refuse(name, "not a valid number here", expected=expected, got=shorten(text))
    return int(text)


def _delay(notes: Record) -> int:
    pairs: Mapping[str, str] = dict(_pair(notes, part) for part in notes.text(ATTRIBUTES).split(",") if part.strip())
    for name in pairs:
        if name != DELAY:
            raise notes.refuse(ATTRIBUTES, "the kit does not read this attribute", expected=DELAY, got=shorten(name))
    return _whole(notes, ATTRIBUTES, pairs.get(DELAY, "300"), (0, 3600))


def _pair(notes: Record, part: str) -> tuple[str, str]:
    name, sign, value = part.strip().partition("=")
    if not sign:
        raise notes.refuse(ATTRIBUTES, "not a target group attribute", expected=f"{DELAY}=300", got=shorten(part))
    return name, value
