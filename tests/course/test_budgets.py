"""Budgets of the kit's own code, and links of the notebooks."""

from __future__ import annotations

import ast
import json
import re

import pytest
from the_course import LABS, ROOT, names

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
SOURCES = sorted((ROOT / "src").rglob("*.py"))
VAGUE = ("utils", "manager", "helper", "helpers", "base", "common", "misc")
LINK = re.compile(r"\]\(([^)\s]+)\)")

each_source = pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT / "src")))


@each_source
def test_file_is_one_noun(file):
    """A file of the kit is 300 lines at most, and its name says what is in it."""
    assert len(file.read_text().splitlines()) <= LONGEST_FILE, f"{file}: split it by noun"
    assert file.stem not in VAGUE


@each_source
def test_functions_are_short(file):
    """A function of the kit is 40 lines at most."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, kinds)]
    long = [f"{file}:{one.lineno} {one.name}" for one in functions if one.end_lineno - one.lineno >= LONGEST_FUNCTION]
    assert not long, f"split {' and '.join(long)}"


@each_source
def test_module_says_what_it_does(file):
    """A file of the kit begins with its one job."""
    tree = ast.parse(file.read_text())
    assert not tree.body or ast.get_docstring(tree), f"{file} has no docstring"


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT / "src")))
def test_only_the_ui_knows_widgets(file):
    """The kit runs without a notebook; only its ui imports widgets, and only Locust's driver imports Locust."""
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", file.read_text(), re.MULTILINE))
    where = file.relative_to(ROOT / "src").as_posix()
    assert not imported & {"ipywidgets", "anywidget"} or where.startswith("capsize/ui/")
    assert "locust" not in imported or where.startswith("capsize/load/driver/")


@pytest.mark.parametrize("lab", LABS, ids=names)
def test_links_of_the_notebook_resolve(lab):
    """Each file that a notebook links to is there."""
    cells = json.loads(lab.rooms.notebook.read_text())["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    files = [link.partition("#")[0] for link in LINK.findall(prose) if not re.match(r"[a-z]+:|#|attachment:", link)]
    dead = [link for link in files if not (lab.rooms.notebook.parent / link).exists() and not is_own_work(link)]
    assert not dead, f"{lab.rooms.short(lab.rooms.notebook)} links to {dead}"


def is_own_work(link):
    """A link to the learner's copy resolves once the lab has begun; its starter stands for it until then."""
    return (ROOT / "labs" / link.replace("/work/", "/starter/")).exists()
