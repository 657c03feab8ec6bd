"""Who may import whom. Imports for types and imports inside functions count like any other."""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from the_course import ROOT

SRC = ROOT / "src"
# Every package or module of the kit that imports others of it, and which.
KIT = {
    "__init__": {"course"},
    "stack": {"errors"},
    "runtime": {"errors", "files", "stack"},
    "session": {"errors", "files", "runtime", "stack"},
    "load": {"errors", "files", "stack"},
    "course": {"check", "errors", "files", "load", "session", "stack"},
    "check": {"course", "errors", "runtime", "session", "stack", "waiting"},
    "audit": {"errors", "runtime", "stack", "waiting"},
    "doctor": {"course", "errors", "runtime", "stack"},
    "jupyter": {"course", "errors", "start_page"},
    "start_page": {"course", "session", "ui"},
    "surroundings": {"errors"},
    "notebooks": {"course", "errors", "files", "jupyter"},
    "slides": {"course", "errors", "jupyter", "load", "page_requests"},
    "ui": {"check", "course", "errors", "load", "runtime", "session", "waiting"},
    "board_page": {"errors", "jupyter", "page_requests", "session", "ui"},
    "cli": {
        *("audit", "board_page", "check", "course", "doctor", "errors", "jupyter", "load", "notebooks", "session"),
        "slides",
        "surroundings",
    },
}
TOP = {"child", "environment", "plan", "ports", "program", "queues", "time_scale", "tracebacks"}
RUNTIME = {
    "environment": {"ports"},
    "plan": {"child", "queues"},
    "probes": {"plan", "ports"},
    "backing": {"environment", "program", "queues"},
    "host": {"backing", *TOP},
    "wires": {"host", *TOP},
    "control": {"backing", "host", "probes", "wires", *TOP},
}
API = {"answers", "breaker", "bucket", "copies", "logfiles", "names", "order_book", "outside", "payments", "refusals"}
API |= {"certificates", "cloud", "figures", "grpc_channel", "stock_pb2", "stock_pb2_grpc", "streams", "vault", "xds"}
LABS = (
    "monolith",
    "microservices",
    "communication",
    "discovery",
    "stateless",
    "health",
    "resilience",
    "messaging",
    "events",
    "sidecar",
    "mesh",
)  # in the order of the course
SHOP = {
    "answers": {"refusals"},
    "copies": {"answers"},
    "names": {"answers"},
    "order_book": {"refusals"},
    "serve": {"core"},
    "serve_grpc": {"core", "serve"},
    "grpc_channel": {"answers", "refusals"},
    "stock_pb2_grpc": {"stock_pb2"},
    "kiosk": {"health"},
    "core": API,
    "harbour": {"core", *API},
    **{lab: {"core", "harbour", *API, *LABS[:number]} for number, lab in enumerate(LABS)},
}
UPWARD = re.compile(r"^(from|import) capsize\.(check|load)\b", re.MULTILINE)


def imported(file: Path) -> set[str]:
    """List the names that a file imports, wherever in it, in full: ``capsize.stack.model.Stack``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def edges(package: Path) -> Iterator[tuple[str, str]]:
    """Yield (who, whom) among the rooms of a package: its folders and the files at its top."""
    rooms = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    dotted = ".".join(package.relative_to(SRC).parts)
    for file in package.rglob("*.py"):
        room = file.relative_to(package).parts[0].removesuffix(".py")
        for name in imported(file):
            if name.startswith(f"{dotted}."):
                other = name.removeprefix(f"{dotted}.").split(".")[0]
                if other in rooms and other != room:
                    yield room, other


@pytest.mark.parametrize(("package", "table"), [("capsize", KIT), ("capsize/runtime", RUNTIME), ("shop", SHOP)])
def test_each_room_imports_only_what_the_table_allows(package, table):
    """A room imports what its row of the table names, and nothing else of its package."""
    found = sorted(set(edges(SRC / package)))
    assert not [f"{room} imports {other}" for room, other in found if other not in table.get(room, ())]


@pytest.mark.parametrize(
    "package", ["capsize/runtime/control", "capsize/runtime/host", "capsize/session", "capsize/stack"]
)
def test_no_file_needs_itself_by_way_of_others(package):
    """Between the files of a package imports form no circle, not even for types."""
    files = {".".join(file.relative_to(SRC).with_suffix("").parts): file for file in (SRC / package).rglob("*.py")}
    needs = {name: {one.rpartition(".")[0] for one in imported(file)} & set(files) for name, file in files.items()}
    assert len(list(graphlib.TopologicalSorter(needs).static_order())) == len(files)


def test_a_lab_reaches_up_only_when_a_verb_is_called():
    """The one handle that reaches up, a Lab, imports checks and load inside its methods alone."""
    assert not UPWARD.search((SRC / "capsize/course/lab.py").read_text(encoding="utf-8"))


def test_nobody_imports_who_plays_the_customers():
    """The shop imports neither the kit nor the workbench; the kit imports neither the shop nor the workbench."""
    outside = {"shop": ("capsize", "workbench"), "capsize": ("shop", "workbench")}
    strays = [
        f"{file.relative_to(SRC)} imports {name}"
        for package, others in outside.items()
        for file in sorted((SRC / package).rglob("*.py"))
        for name in sorted(imported(file))
        if name.split(".")[0] in others
    ]
    assert not strays
