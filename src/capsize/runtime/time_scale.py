"""The pace of a manifest: all its durations are multiplied by the stack's time scale here, and nowhere else.

Services leave here with the seconds that pass on this machine; who runs them knows of no scale.
"""

from __future__ import annotations

from dataclasses import replace

from capsize.stack.model import Edge, Hook, Probe, Restart, Rollout, Service, Stack, TargetGroupSpec

EXTENSION = 2.0  # seconds that Kubernetes grants once when a preStop hook has used up the grace period


def paced(stack: Stack) -> dict[str, Service]:
    """Return the stack's services by name with all their durations at the stack's scale."""
    return {name: at_scale(service, stack.time_scale) for name, service in stack.services.items()}


def paced_groups(stack: Stack) -> dict[Edge, TargetGroupSpec]:
    """Return the target groups of the stack's balancers with all their durations at the stack's scale."""
    return {edge: _group(edge.group, stack.time_scale) for edge in stack.edges if edge.group}


def at_scale(service: Service, scale: float) -> Service:
    """Return the service with each of its durations multiplied."""
    if scale == 1:
        return service
    return replace(
        service,
        readiness=_probe(service.readiness, scale),
        liveness=_probe(service.liveness, scale),
        startup=_probe(service.startup, scale),
        stop_grace_period=service.stop_grace_period * scale,
        restart=_restart(service.restart, scale),
        pre_stop=_hook(service.pre_stop, scale),
        rollout=_rollout(service.rollout, scale),
    )


def _probe(probe: Probe | None, scale: float) -> Probe | None:
    return probe and replace(
        probe,
        period=probe.period * scale,
        timeout=probe.timeout * scale,
        initial_delay=probe.initial_delay * scale,
        start_period=probe.start_period * scale,
        grace_period=None if probe.grace_period is None else probe.grace_period * scale,
    )


def _restart(restart: Restart, scale: float) -> Restart:
    return replace(
        restart,
        first_backoff=restart.first_backoff * scale,
        longest_backoff=restart.longest_backoff * scale,
        forgiven_after=restart.forgiven_after * scale,
    )


def _hook(hook: Hook | None, scale: float) -> Hook | None:
    return hook and replace(hook, seconds=hook.seconds * scale)


def _rollout(rollout: Rollout | None, scale: float) -> Rollout | None:
    return rollout and replace(
        rollout, min_ready=rollout.min_ready * scale, progress_deadline=rollout.progress_deadline * scale
    )


def _group(group: TargetGroupSpec, scale: float) -> TargetGroupSpec:
    return replace(
        group,
        interval=group.interval * scale,
        timeout=group.timeout * scale,
        deregistration_delay=group.deregistration_delay * scale,
        grace=None if group.grace is None else group.grace * scale,
    )


def allowance(service: Service) -> float:
    """Return the seconds that a service's own probes and restarts allow it to take until it is ready."""
    if not is_kubernetes(service):
        return 0.0
    startup, readiness = (_longest(probe) for probe in (service.startup, service.readiness))
    return startup + readiness + 3 * service.restart.first_backoff


def _longest(probe: Probe | None) -> float:
    if probe is None:
        return 0.0
    return probe.initial_delay + probe.period * max(probe.failure_threshold, probe.success_threshold) + probe.timeout


def is_kubernetes(service: Service) -> bool:
    """Say whether Kubernetes' rules hold for a service, and not Compose's."""
    return service.rollout is not None or service.runs_once or service.part != "main"
