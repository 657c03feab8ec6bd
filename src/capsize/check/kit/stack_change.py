"""What a check changes of its lab's stack: which services run, in how many copies, with which settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from capsize.errors import CapsizeError
from capsize.stack.model import Service, Stack


def only(*services: str, workers: Mapping[str, int] | None = None, **settings: object) -> Callable[[Stack], Stack]:
    """Return a change of the stack for ``@exercise(changed=...)``: these services alone.

    ``workers`` run as well, each in so many copies. A setting goes to each service whose environment has its name. The
    change raises CapsizeError for a service or a setting that the stack does not have.
    """
    copies = dict(workers or {})

    def change(stack: Stack) -> Stack:
        _refuse_unknown("service", (*services, *copies), stack.services)
        kept = stack.only(*services, *copies)
        _refuse_unknown("setting", settings, {name for one in kept.services.values() for name in one.environment})
        return replace(kept, services={name: _set(one, copies, settings) for name, one in kept.services.items()})

    return change


def _set(service: Service, copies: Mapping[str, int], settings: Mapping[str, object]) -> Service:
    own = {name: str(value) for name, value in settings.items() if name in service.environment}
    replicas = copies.get(service.name, service.replicas)
    return replace(service, environment={**service.environment, **own}, replicas=replicas)


def _refuse_unknown(kind: str, asked: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted({*asked} - {*known})
    if unknown:
        raise CapsizeError(
            f"the check changes a {kind} that its stack does not have",
            expected=f"one of {', '.join(sorted(known))}",
            got=", ".join(unknown),
        )
