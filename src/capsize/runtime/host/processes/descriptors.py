"""How many files this process and those that it starts may have open: as many as the system lets us ask for."""

from __future__ import annotations

import contextlib
import resource

from capsize.errors import CapsizeError

NEEDED, PLENTY = 256, 4096  # an Envoy, a database and a dozen services stay well below
ENOUGH = f"ulimit -n {NEEDED * 4}"


def raise_limit() -> int:
    """Raise the soft limit as far as is of use and the hard limit allows; return what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = PLENTY if hard == resource.RLIM_INFINITY else min(hard, PLENTY)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return PLENTY if soft == resource.RLIM_INFINITY else soft


def have_enough() -> None:
    """Raise the limit. Raise CapsizeError where the hard limit is too low for a stack."""
    allowed = raise_limit()
    if allowed < NEEDED:
        raise CapsizeError(
            "this terminal does not let a program open enough files for a stack",
            expected=f"{NEEDED} open files",
            got=f"a limit of {allowed} (ulimit -n), which only a new terminal or an administrator can raise",
            next=f"open a new terminal, and there: {ENOUGH}",
        )
