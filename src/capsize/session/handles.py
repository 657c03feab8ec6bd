"""What you hold of a running stack: a service, an instance, an edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from capsize.errors import CapsizeError
from capsize.runtime.control.instance import Instance
from capsize.runtime.tracebacks import tail
from capsize.runtime.wires.proxy import EdgeSetting
from capsize.runtime.wires.stats import EdgeStats
from capsize.session.faults import Fault, failing, losing, slow
from capsize.session.held import Held
from capsize.stack.model import Edge, Location

BY_YOU = "by you"
MOST_REPLICAS = 16


class InstanceHandle:
    """An instance: its state, and what you may do to it. Each act returns a Fault that heals."""

    def __init__(self, stack: Held, instance: Instance) -> None:
        self._stack, self._instance = stack, instance
        self.name, self.service = instance.name, instance.service.name

    def __getattr__(self, name: str) -> Any:
        if name in ("pid", "state", "shown", "ready", "live", "leaving", "restarts", "why", "port", "probes"):
            return getattr(self._instance, name)
        raise AttributeError(name)

    def logs(self, lines: int = 20) -> str:
        """Return the last lines that it wrote."""
        return "\n".join(tail(self._instance.log, lines))

    def where_it_is_stuck(self) -> Location | None:
        """Name the learner's line that a Python service executes for ever, if it does. Blocks for half a second."""
        from capsize.runtime.control.stuck_start import where_it_is_stuck

        return self._stack.call(where_it_is_stuck, self._instance)

    def dump(self) -> None:
        """Have a Python service write down in its log where it is (SIGUSR1)."""
        self._if_up(self._instance.dump)

    def kill(self) -> Fault:
        """Kill it (SIGKILL); its restart policy applies. Heals by starting it, if it is not back by then."""
        self._act(self._instance.kill, BY_YOU)
        return Fault(f"{self.name} killed", self._start)

    def stop(self) -> Fault:
        """Stop it well (SIGTERM, then SIGKILL after its grace period); it stays stopped. Heals by starting it."""
        self._act(self._instance.stop, BY_YOU)
        return Fault(f"{self.name} stopped", self._start)

    def pause(self) -> Fault:
        """Freeze it (SIGSTOP): it holds its connections and answers nobody. Heals by letting it go on."""
        self._act(self._instance.pause, BY_YOU)
        return Fault(f"{self.name} paused", self.resume)

    def resume(self) -> None:
        """Let it go on (SIGCONT)."""
        self._if_up(self._instance.resume, BY_YOU)

    def restart(self) -> Fault:
        """Stop it well and start it, or start it if it had ended; wait until it is ready. Nothing is left to heal."""
        self._act(self._instance.restart, BY_YOU)
        self._act(self._stack.supervisor.startup.back, self._instance)
        return Fault(f"{self.name} restarted", lambda: None)

    def _start(self) -> None:
        self._if_up(self._instance.start, "healed")
        self._if_up(self._stack.supervisor.startup.back, self._instance)

    def _if_up(self, function: Callable[..., Any], *args: Any) -> None:
        if self._stack.state == "up":
            self._act(function, *args)

    def _act(self, function: Callable[..., Any], *args: Any) -> None:
        async def act() -> None:
            waiting = function(*args)
            if isinstance(waiting, Awaitable):
                await waiting

        self._stack.call(act)

    def __repr__(self) -> str:
        return f"<instance {self.name}>"


class ServiceHandle:
    """A service and its instances."""

    def __init__(self, stack: Held, name: str) -> None:
        self._stack, self.name = stack, name

    @property
    def instances(self) -> list[InstanceHandle]:
        return [InstanceHandle(self._stack, one) for one in self._stack.supervisor.view.instances[self.name]]

    def rotation(self) -> list[InstanceHandle]:
        """Wait until the wires have heard who is ready, and return the instances that they lead to."""
        supervisor = self._stack.supervisor
        self._stack.call(supervisor.in_rotation, self.name)
        called = supervisor.view.wires.targets.get(self.name, ())
        return [instance for instance in self.instances if instance.port in called]

    def administer(self, path: str, values: Mapping[str, object] = {}) -> str:
        """Return what a gateway's administration answers to a path; ``values`` are turned by POST.

        Only the user of the stack reaches it. Raise CapsizeError where the service is not a gateway, or not up.
        """
        from capsize.runtime.backing import envoy
        from capsize.stack import images

        if images.repository(self._stack.model.services[self.name].image or "") != images.GATEWAY:
            raise CapsizeError(f"{self.name} is not a gateway", expected=f"a service with the image {images.GATEWAY}")
        return envoy.administer(self._stack.folder / f"{self.name}-1", path, values)

    def scale(self, replicas: int) -> None:
        """Have this many instances, and wait until they are ready or gone."""
        if isinstance(replicas, bool) or not isinstance(replicas, int) or not 0 <= replicas <= MOST_REPLICAS:
            raise CapsizeError(f"replicas of {self.name}", expected=f"0 to {MOST_REPLICAS}", got=repr(replicas))
        self._refuse_part(replicas)
        if self._stack.model.services[self.name].image and replicas > 1:
            raise CapsizeError(f"{self.name} is a backing service with data of its own", expected="0 or 1 instance")
        self._stack.call(self._stack.supervisor.scale, self.name, replicas)

    def _refuse_part(self, replicas: int) -> None:
        """Refuse to scale what is a part of a pod, or what Docker can have one of."""
        service, pod = self._stack.model.services[self.name], self._stack.model.pod(self.name)
        if service.rollout and service.network_of:
            raise CapsizeError(
                f"{self.name} is a container in the pods of {pod[0]}",
                next=f'stack.service("{pod[0]}").scale({replicas})',
            )
        if len(pod) > 1 and replicas > 1 and not service.rollout:
            raise CapsizeError(
                f"{self.name} shares its network with another service, so it cannot have more than one instance",
                expected="0 or 1 instance",
            )

    def roll(self) -> float:
        """Replace all instances of a Deployment, as ``kubectl rollout restart`` does; wait, and return the seconds.

        Raise CapsizeError where new instances do not get available: those that serve then go on serving.
        """
        return self._stack.call(self._stack.supervisor.rollouts.roll, self.name)

    def undo(self) -> float:
        """Go back to the revision before, as ``kubectl rollout undo`` does; wait, and return the seconds."""
        return self._stack.call(self._stack.supervisor.rollouts.undo, self.name)

    def __repr__(self) -> str:
        return f"<service {self.name}>"


class EdgeHandle:
    """An edge: its figures, and what you may do to it. One fault at a time; a new one replaces the old."""

    def __init__(self, stack: Held, edge: Edge) -> None:
        self._stack, self._edge = stack, edge
        self.name, self.protocol = edge.name, edge.protocol

    def stats(self) -> EdgeStats:
        """Return its figures now."""
        return self._stack.stats()[self.name]

    def targets(self) -> dict[str, str]:
        """Return what its load balancer calls each instance: initial, healthy, unhealthy or draining.

        Raise CapsizeError where the edge is no balancer.
        """
        balancers = self._stack.supervisor.balancers
        if self._edge not in balancers.groups:
            known = ", ".join(edge.name for edge in balancers.groups) or "a Service with health checks of a balancer"
            raise CapsizeError(f"the edge {self.name} is not a load balancer", expected=known)
        return balancers.states(self._edge)

    def delay(self, ms: float = 300, percent: float = 100) -> Fault:
        """Make ``percent`` of the requests (TCP: of the connections) wait ``ms`` milliseconds."""
        return self._set(slow(self._edge, ms, percent), f"{self.name} slowed by {ms:g} ms")

    def fail(self, status: int = 503, percent: float = 100) -> Fault:
        """Answer ``percent`` of the requests with ``status``; they never arrive."""
        return self._set(failing(self._edge, status, percent), f"{self.name} fails with {status}")

    def lose(self, percent: float = 100) -> Fault:
        """Let ``percent`` of the requests arrive and be acted on, and answer 504 instead of what came back."""
        return self._set(losing(self._edge, percent), f"{self.name} loses answers")

    def cut(self) -> Fault:
        """Refuse new connections and close the present ones."""
        return self._set(EdgeSetting("cut"), f"{self.name} cut")

    def sticky(self) -> Fault:
        """Bring each caller back to the instance that served it first, by a cookie; heals to taking turns.

        A caller whose instance is gone is given to another. Faults act beside it.
        """
        self._stick(True)
        return Fault(f"{self.name} sticky", self.in_turns)

    def in_turns(self) -> None:
        """Give each request to the next instance again, whoever asks."""
        if self._stack.state == "up":
            self._stick(False)

    def heal(self) -> None:
        """Undo whatever is done to it."""
        if self._stack.state == "up" and self._stack.supervisor.view.wires.settings[self._edge].kind != "none":
            self._set(EdgeSetting(), "")

    def _stick(self, sticky: bool) -> None:
        self._stack.call(self._stack.supervisor.edges.stick, self._edge, sticky)

    def _set(self, setting: EdgeSetting, words: str) -> Fault:
        self._stack.call(self._stack.supervisor.edges.set, self._edge, setting)
        return Fault(words, self.heal)

    def __repr__(self) -> str:
        return f"<edge {self.name}>"
