"""Every lab's Compose file is one that each Compose tool reads, the old docker-compose too."""

from __future__ import annotations

import re

import pytest
from the_course import ROOT

FILES = sorted((ROOT / "docker").rglob("compose.yaml"))
NESTED = re.compile(r"\$\{[^{}]*\$\{")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.parent.relative_to(ROOT / "docker")))
def test_no_variable_has_another_in_its_default(file):
    """docker-compose 1 takes ``${A:-${B}}`` for ``${A:-${B}`` and a brace; the wires would be led nowhere."""
    assert not NESTED.search(file.read_text(encoding="utf-8"))
