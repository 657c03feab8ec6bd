"""A Service's annotations as the target group of a load balancer: what is read, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from the_manifests import BALANCER, WHOLE

from capsize.runtime.time_scale import paced_groups
from capsize.stack.kubernetes import StackFileError, read
from capsize.stack.model import OUTSIDE, Edge, Port, Stack, TargetGroupSpec

ALB, NOTES = "alb.ingress.kubernetes.io", "metadata.annotations"
GRACE = "capsize/health-check-grace-period-seconds"
PORTS = "{app: shop}\n  ports:\n    - port: 80\n      targetPort: http\n"
OTHER = "    - {name: b, port: 81, targetPort: http}\n"
GROUP = TargetGroupSpec("balancer", "/healthz", 10, 2, 3, 4, 30, 60)
FIRST = WHOLE.count("\n") + 2  # the line at which the balancer's Service begins


def _read(folder: Path, balancer: str = BALANCER, whole: str = WHOLE, scale: float = 1.0) -> Stack:
    (folder / "kubernetes.yaml").write_text(f"{whole}---\n{balancer}")
    return read(folder / "kubernetes.yaml", {"CODE": "/lab"}, time_scale=scale)


def _without(*names: str) -> str:
    return "".join(line for line in BALANCER.splitlines(keepends=True) if not any(name in line for name in names))


def test_annotations_become_a_target_group(tmp_path: Path):
    """A balancer's door stands beside the platform's, with the health checks that its annotations ask for."""
    stack = _read(tmp_path)
    assert stack.services["shop"].ports == (Port(8000, 30080), Port(8000, None, GROUP))
    outside = [edge for edge in stack.edges if edge.caller == OUTSIDE]
    assert [edge.name for edge in outside] == ["outside>shop", "outside>balancer"]
    assert outside[1] == Edge(OUTSIDE, "shop", 8000, "http", GROUP)


def test_what_is_not_given_is_the_controller_s_own(tmp_path: Path):
    """One annotation asks for a target group; what the others leave open is as AWS's controller has it."""
    lone = _without("-seconds", "-count", "protocol", "-port:", "attributes")
    stack = _read(tmp_path, lone)
    assert stack.services["shop"].ports[1].group == TargetGroupSpec("balancer", "/healthz", 15, 5, 2, 2, 300, None)


def test_a_service_without_annotations_has_no_target_group(tmp_path: Path):
    """A plain LoadBalancer is one more name for the plain door."""
    stack = _read(tmp_path, _without("annotations:", ALB, "capsize/"))
    assert stack.services["shop"].ports == (Port(8000, 30080),)


def test_other_notes_stay_notes(tmp_path: Path):
    """Annotations of others are accepted as before."""
    stack = _read(tmp_path, BALANCER.replace("  annotations:", '  annotations:\n    example.org/owner: "me"'))
    assert stack.services["shop"].ports[1].group == GROUP


def test_durations_are_at_the_stack_s_scale(tmp_path: Path):
    """A stack that runs five times as fast checks, drains and spares five times as fast; counts stay counts."""
    stack = _read(tmp_path, scale=0.2)
    (group,) = paced_groups(stack).values()
    assert group == replace(GROUP, interval=2.0, timeout=0.4, deregistration_delay=6.0, grace=12.0)


# an old text of the balancer's manifest, what stands there instead, the annotation or field refused, and the words
CHANGES = [
    ("misspelt", "healthcheck-path", "healtcheck-path", "healtcheck-path", "not read this|check-path? Accepted:"),
    ("another one", "healthcheck-port: traffic-port", 'success-codes: "200"', "success-codes", "does not read this"),
    ("ours misspelt", "health-check-g", "health-g", GRACE.replace("check-", ""), f"{GRACE}? Accepted"),
    ("a number", '"10"', "10", "healthcheck-interval-seconds", 'make it one: "10"'),
    ("a quick check", '"10"', '"4"', "healthcheck-interval-seconds", "from 5 to 300"),
    ("a quick timeout", '"2"', '"1"', "healthcheck-timeout-seconds", "from 2 to 120"),
    ("a long timeout", '"2"', '"10"', "healthcheck-timeout-seconds", "shorter|less than 10"),
    ("one success", '"3"', '"1"', "healthy-threshold-count", "from 2 to 10"),
    ("eleven failures", '"4"', '"11"', "unhealthy-threshold-count", "from 2 to 10"),
    ("no number", '"60"', '"1m"', GRACE, 'a whole number|got: "1m"'),
    ("no path", "path: /healthz", "path: healthz", "healthcheck-path", "starts with /"),
    ("TLS", "l: HTTP\n", "l: HTTPS\n", "healthcheck-protocol", "plain HTTP|expected: HTTP"),
    ("a port", "traffic-port", '"9000"', "healthcheck-port", "one port|traffic-port"),
    ("another attribute", "deregistration_delay", "slow_start", "target-group-attributes", "not read this attribute"),
    ("half an attribute", "_seconds=30", "_seconds", "target-group-attributes", "timeout_seconds=300"),
    ("a delay too long", "=30", "=3601", "target-group-attributes", "from 0 to 3600"),
    ("a ClusterIP", "type: LoadBalancer", "type: ClusterIP", "spec.type", "nobody outside|LoadBalancer or NodePort"),
    ("no type", "  type: LoadBalancer\n", "", "spec", "nobody outside"),
    ("a database", PORTS, "{app: db}\n  ports: [{port: 5432}]\n", "spec.selector", "db is none"),
    ("two ports", "    - port: 80\n", f"{OTHER}    - name: a\n      port: 80\n", "spec.ports", "one port"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), [pytest.param(*row[1:], id=row[0]) for row in CHANGES])
def test_read_refuses_a_change(tmp_path: Path, old: str, new: str, key: str, words: str):
    """A mistake in a balancer's annotations is refused at its line and its path, with what would do."""
    assert BALANCER.count(old) >= 1
    with pytest.raises(StackFileError) as caught:
        _read(tmp_path, BALANCER.replace(old, new, 1))
    said = " ".join(str(caught.value).split())
    name = key if "/" in key else f"{ALB}/{key}"
    assert caught.value.key == (key if key.startswith("spec") else f'{NOTES}["{name}"]'), said
    assert all(part in said for part in words.split("|")), said
    assert FIRST <= caught.value.place.line <= FIRST + BALANCER.count("\n"), said


def _refusal(folder: Path, balancer: str, whole: str = WHOLE) -> StackFileError:
    with pytest.raises(StackFileError) as caught:
        _read(folder, balancer, whole)
    return caught.value


def test_a_grace_period_alone_is_refused(tmp_path: Path):
    """A grace period waits for health checks that nothing asks for."""
    error = _refusal(tmp_path, _without(ALB))
    assert (error.key, "healthcheck-path beside it" in str(error)) == (f'{NOTES}["{GRACE}"]', True)


def test_a_balancer_s_annotation_on_a_deployment_is_refused(tmp_path: Path):
    """No balancer leads to a Deployment but through its Service."""
    noted = WHOLE.replace("  name: shop\n  labels", f'  name: shop\n  annotations: {{{GRACE}: "5"}}\n  labels')
    assert "a Deployment has no target group" in str(_refusal(tmp_path, BALANCER, noted))


def test_a_balancer_named_like_another_door_is_refused(tmp_path: Path):
    """Two wires cannot have one name: a balancer beside a plain door needs a name of its own."""
    plain = WHOLE.replace("kind: Service\nmetadata:\n  name: shop", "kind: Service\nmetadata:\n  name: plain")
    error = _refusal(tmp_path, BALANCER.replace("name: balancer", "name: shop"), plain)
    assert (error.key, error.place.line) == ("metadata.name", FIRST + 3)
    assert "another Service lets the outside call shop too" in str(error)
