"""The benchmarks run and say what they measured; what the numbers are is not for a test to judge."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _measure(part: str) -> list[dict]:
    argv = [sys.executable, "-m", "benchmarks", part, "--rounds", "1", "--json"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["figures"]


@pytest.mark.parametrize("part", ["edge", "stack"])
def test_a_benchmark_measures_every_figure_that_it_names(part: str):
    """Each figure comes with its values, and a target with a verdict."""
    figures = _measure(part)
    assert [figure["name"] for figure in figures if not figure["values"]] == []
    assert {figure["met"] for figure in figures if figure["target"]} <= {True, False}


def test_without_an_engine_containers_are_not_measured():
    """Where no engine answers, the figures are there without values, and a sentence says why."""
    argv = [sys.executable, "-m", "benchmarks", "containers", "--rounds", "1", "--json"]
    nowhere = {**os.environ, "DOCKER_HOST": "unix:///nowhere/docker.sock"}
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=120, env=nowhere)
    assert "containers are not measured: no Docker engine answers" in done.stderr
    assert {len(figure["values"]) for figure in json.loads(done.stdout)["figures"]} == {0}
