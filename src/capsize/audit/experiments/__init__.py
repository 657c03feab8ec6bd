"""One experiment for each factor: what it does, and the verdict that follows from what is seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from capsize.audit.experiments import (
    admin,
    backing_services,
    build_release_run,
    codebase,
    concurrency,
    config,
    dependencies,
    disposability,
    logs,
    parity,
    port_binding,
    processes,
)
from capsize.audit.factors import Factor
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Subject

Experiment = Callable[[Subject], Awaitable[Judgement]]
# in the order in which they disturb each other least; the last may start the app anew
EXPERIMENTS: tuple[tuple[Factor, Experiment], ...] = tuple(
    (room.FACTOR, room.judge)
    for room in (
        port_binding,
        processes,
        logs,
        backing_services,
        config,
        parity,
        admin,
        codebase,
        dependencies,
        concurrency,
        disposability,
        build_release_run,
    )
)
