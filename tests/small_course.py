"""A course of one lab, small enough to read here: a boat that lies deeper the more it carries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from capsize.course import Course

EXERCISES = """\
[[exercise]]
id = "1.1"
title = "Let the boat feel its cargo"
file = "boat.py"
minutes = 5
accept = ["an empty boat draws 1", "each tonne adds 1"]
hints = ["What does a boat do in water?", "Look at draught.", "Add the cargo."]

[[exercise]]
id = "1.2"
title = "Name the boat"
file = "name.py"
minutes = 5
accept = ["it has a name", "the name is not empty"]
hints = ["What is on the stern?", "Look at NAME.", "Any word will do."]
"""
PREDICTIONS = """\
[[prediction]]
name = "sinks"
asks = "Does an empty boat sink?"
naive = "yes"
foil = "no"
choices = { "no" = false, "yes" = true }

[[prediction]]
name = "draught"
asks = "How deep does a boat lie that carries four tonnes?"
unit = "m"
least = 0
most = 100
naive = { said = 4, low = 3, high = 6, reason = 1 }
[[prediction.reason]]
says = "each tonne adds a metre"
but = "An empty boat lies in the water, too."
[[prediction.reason]]
says = "each tonne adds a metre to that of the empty boat"
[[prediction.reason]]
says = "a boat floats at the same height, whatever it carries"
but = "It sinks until it has displaced its weight."
"""
RECALL = """\
[[question]]
name = "cargo"
asks = "A tonne more comes aboard. What does the boat do?"
because = "Each tonne adds a metre."
from = "accepted"
[[question.option]]
says = "it stays as it is"
is = 0
but = "Only what has no weight leaves a boat as it is."
[[question.option]]
says = "it sinks deeper"
is = 1
[[question.option]]
says = "it sinks"
is = 2
but = "It has displaced its weight before that."

[[question]]
name = "wind"
asks = "The wind rises. How deep does the boat lie?"
because = "Weight alone decides."
from = "accepted"
[[question.option]]
says = "as deep as before"
is = 1
[[question.option]]
says = "deeper"
is = 2
but = "The wind weighs nothing."
[[question.option]]
says = "less deep"
is = 0
but = "The wind carries nothing."
"""
BOAT = """\
from fastapi import FastAPI

import name

app = FastAPI()


def draught(cargo):
    return 1  # TODO 1.1: the boat lies deeper with cargo


@app.get("/ready")
async def ready():
    return {"name": name.NAME}


@app.get("/draught")
async def answer(cargo: int):
    return draught(cargo)
"""
COMPOSE = """\
services:
  boat:
    build: ../..
    command: ["python", "-m", "shop.serve", "boat:app"]
    environment:
      PORT: "8000"
      HARBOUR_TOKEN: ${HARBOUR_TOKEN:-open}
    volumes:
      - ${CODE:-../../solutions/01_boat}:/code:ro
    ports:
      - "127.0.0.1:8000:8000"
    healthcheck:
      test: ["CMD", "python", "-m", "shop.probe", "/ready"]
      interval: 1s
"""
CHECKS = """\
import json
import urllib.request

from capsize.check import exercise


@exercise("1.1")
def test_the_boat_lies_deeper_with_cargo(stack, judge):
    judge.done("loaded 4 tonnes")
    with urllib.request.urlopen(stack.url() + "/draught?cargo=4", timeout=5) as answer:
        deep = json.load(answer)
    judge.claim(deep == 5, "a draught of 5", bad=f"a draught of {deep}")


@exercise("1.2")
def test_the_boat_has_a_name(judge):
    name = (judge.code / "name.py").read_text()
    judge.done("read the stern")
    judge.claim("nobody" not in name, "a name", bad="nobody", at=judge.place("NAME", "name.py"))
"""


@dataclass(frozen=True)
class SmallCourse:
    """The course's root, and words for changing its files."""

    root: Path

    @property
    def course(self) -> Course:
        return Course(self.root)

    def write(self, name: str, text: str) -> Path:
        """Write a file below the root."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def boat(self, body: str, *, code: str = "starter") -> Path:
        """Put other lines in place of the boat's draught; return the file."""
        return self.write(
            f"{code}/01_boat/boat.py", BOAT.replace("    return 1  # TODO 1.1: the boat lies deeper with cargo", body)
        )

    def checks(self, body: str) -> Path:
        """Put other checks in place of the lab's."""
        return self.write("tests/labs/test_01_boat.py", f"from capsize.check import exercise\n\n\n{body}")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallCourse:
    """A course of one lab in a folder of its own, where this test stands."""
    small = SmallCourse(tmp_path / "course")
    small.write("labs/01_boat.ipynb", '{"cells": [{"cell_type": "markdown", "source": ["# How deep?"]}]}')
    small.write("labs/load/01_boat.py", "")
    small.write("labs/predictions/01_boat.toml", PREDICTIONS)
    small.write("labs/remember/01_boat.toml", RECALL)
    small.write("starter/01_boat/exercises.toml", EXERCISES)
    small.write("starter/01_boat/boat.py", BOAT)
    small.write("starter/01_boat/name.py", 'NAME = "nobody"  # TODO 1.2: name the boat\n')
    small.boat("    return 1 + cargo", code="solutions")
    small.write("solutions/01_boat/name.py", 'NAME = "Otter"\n')
    small.write("docker/01_boat/compose.yaml", COMPOSE)
    small.write("slides/01_boat.md", "# How deep?\n")
    small.write("tests/labs/test_01_boat.py", CHECKS)
    monkeypatch.chdir(small.root)
    monkeypatch.setenv("CAPSIZE_HOME", str(small.root))
    monkeypatch.setenv("CAPSIZE_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.delenv("CAPSIZE_CODE", raising=False)
    monkeypatch.delenv("CAPSIZE_PREDICTIONS", raising=False)
    return small
