"""A check's process: what ``python -m pytest`` is, with a nursery that gets warm meanwhile."""

from __future__ import annotations

import sys

from capsize.runtime.processes import prewarm


def main() -> int:
    """Run pytest with the words of the command line."""
    prewarm()
    import pytest

    return int(pytest.main())


if __name__ == "__main__":
    sys.exit(main())
