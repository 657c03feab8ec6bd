"""Budgets of the kit's own code. Each test lists every offender at once."""

from __future__ import annotations

import ast
import re

from the_course import ROOT

SRC = ROOT / "src"
WRITTEN = [file for file in sorted(SRC.rglob("*.py")) if "_pb2" not in file.name]  # those are generated
SOURCES = {str(file.relative_to(SRC)): file.read_text(encoding="utf-8") for file in WRITTEN}
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
VAGUE = ("utils", "manager", "helper", "helpers", "base", "common", "misc")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_a_file_is_one_noun():
    """A file of the kit has at most 300 lines, and its name says what is in it."""
    long = [name for name, text in SOURCES.items() if len(text.splitlines()) > LONGEST_FILE]
    assert not long, f"split by noun: {long}"
    assert not [name for name in SOURCES if name.rpartition("/")[2].removesuffix(".py") in VAGUE]


def test_functions_are_short():
    """A function of the kit has at most 40 lines."""
    functions = ((name, one) for name, text in SOURCES.items() for one in ast.walk(ast.parse(text)))
    long = [
        f"{name}:{one.lineno} {one.name}"
        for name, one in functions
        if isinstance(one, FUNCTIONS) and one.end_lineno - one.lineno >= LONGEST_FUNCTION
    ]
    assert not long, f"split {long}"


def test_a_class_name_means_one_thing():
    """No two classes of one package, the kit or the shop or the workbench, have the same name."""
    homes: dict[tuple[str, str], list[str]] = {}
    for name, text in SOURCES.items():
        for one in ast.walk(ast.parse(text)):
            if isinstance(one, ast.ClassDef):
                homes.setdefault((name.split("/")[0], one.name), []).append(name)
    assert not {name: files for name, files in homes.items() if len(files) > 1}


def test_test_files_have_names_of_their_own():
    """No two test files have the same name: pytest could import only one of them in a process."""
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_a_module_says_what_it_does():
    """A file of the kit begins with its one job."""
    trees = {name: ast.parse(text) for name, text in SOURCES.items()}
    assert not [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)]


def test_only_the_ui_imports_widgets():
    """The kit runs without a notebook: only its ui imports widgets, and only Locust's driver imports Locust."""
    homes = {"ipywidgets": "capsize/ui/", "anywidget": "capsize/ui/", "locust": "capsize/load/driver/"}
    strays = [
        f"{name} imports {top}"
        for name, text in SOURCES.items()
        for top in re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE)
        if top in homes and not name.startswith(homes[top])
    ]
    assert not strays
