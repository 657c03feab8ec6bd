"""The pods of one stack: opened for the instances that share a network, and closed when these are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from capsize.runtime.control.instance import Instance
from capsize.runtime.control.pod_group import PodGroup
from capsize.runtime.control.port_watch import PortWatch
from capsize.runtime.control.view import View
from capsize.runtime.environment import Environment
from capsize.runtime.host.protocol import Host
from capsize.runtime.ports import Ports
from capsize.runtime.time_scale import EXTENSION, is_kubernetes
from capsize.stack.model import Service


class PodGroups:
    """The pods of one stack. Compose's pods of several services are there as long as the stack is.

    ``environment`` returns what instances that are made now see.
    """

    def __init__(self, view: View, host: Host, ports: Ports, environment: Callable[[], Environment]) -> None:
        self.view, self.host, self.ports, self.environment = view, host, ports, environment
        self._open: dict[str, PodGroup[Instance]] = {}

    def open(self, service: str, number: int) -> PodGroup[Instance]:
        """Return the pod for the instance of a service with this number: there already, or new."""
        owner, *others = (self.view.services[one] for one in self.view.stack.pod(service))
        name = f"{owner.name}-{number}"
        if name not in self._open:
            services = [*(one for one in others if one.part != "main"), owner, *(o for o in others if o.part == "main")]
            around = self.environment()
            if others and is_kubernetes(owner):
                around = replace(around, home=self.host.folder / f"pod-{name}")
                (self.host.folder / f"pod-{name}").mkdir(mode=0o700)
            self._open[name] = PodGroup(name, services, self.ports, around, self.view.changes)
        return self._open[name]

    def settle(self, service: Service, name: str, pod: PodGroup[Instance]) -> Instance:
        """Make an instance of a service in a pod; it does not run yet."""
        view, port = self.view, pod.port(service.name)
        plan = self.host.plan(service, name, port, pod.around)
        is_worker = view.stack.is_worker(service.name)
        door = PortWatch(
            self.ports,
            port,
            listens=bool(service.image) or not is_worker,
            called=lambda: any(port in called for called in view.wires.targets.values()),
        )
        instance = Instance(service, name, door, plan, view.timeline, view.changes)
        instance.extension = EXTENSION * view.stack.time_scale
        instance.is_worker = is_worker
        instance.pod = pod
        pod.members.append(instance)
        view.instances[service.name].append(instance)
        return instance

    def leave(self, instance: Instance) -> None:
        """Take an instance that is gone out of its pod; Kubernetes' is closed then, and Compose's if it was alone."""
        pod = instance.pod
        pod.members.remove(instance)
        if not pod.members and (instance.is_kubernetes or len(pod.services) == 1):
            self._open.pop(pod.name).close()
