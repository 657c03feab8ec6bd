"""Where the recorders lie, and the variables that have an app's processes load them."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
TAPE, APP = "CAPSIZE_AUDIT_TAPE", "CAPSIZE_AUDIT_APP"


def variables(tape: Path, release: Path) -> dict[str, str]:
    """Return what makes Python and Node record: which variables the files below ``release`` read, and more."""
    return {
        TAPE: str(tape),
        APP: str(release.resolve()),
        "PYTHONPATH": str(HERE),
        "NODE_OPTIONS": f"--require {HERE / 'recorder.js'}",
    }
