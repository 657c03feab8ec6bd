"""The wheels of the shop's image, for a build without a network: docker/wheelhouse."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

DOCKER = Path(__file__).resolve().parents[3] / "docker"


def fetch() -> None:
    """Download what docker/requirements.txt lists for the interpreter that the base stand-in has; once is enough."""
    house, list_of = DOCKER / "wheelhouse", DOCKER / "requirements.txt"
    mark = house / f".{sys.implementation.cache_tag}"
    if mark.exists() and mark.read_text() == list_of.read_text():
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = (f"{folder}/bin/python", "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
        subprocess.run([*pip, "--only-binary=:all:", "-d", str(house), "-r", str(list_of)], check=True)
    mark.write_text(list_of.read_text())
