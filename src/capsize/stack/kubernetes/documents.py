"""Manifests as objects by kind and name: several files, several documents each, lists; a later file's object wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from capsize.stack.kubernetes.record import Record
from capsize.stack.kubernetes.shapes import Each, Fields, Text
from capsize.stack.kubernetes.tables import KINDS
from capsize.stack.lines import load_all
from capsize.stack.model import Location
from capsize.stack.refusal import StackFileError, one_of
from capsize.stack.value import Value

HEAD = Text(r"\S+", "a word")
MOST = 100


class _Anything:
    def check(self, value: Value) -> None:
        """Let it pass: it is looked at later."""


LIST = Fields({"apiVersion": HEAD, "kind": HEAD, "metadata": _Anything(), "items": Each(_Anything())}, ("items",))


@dataclass(frozen=True)
class Document:
    """One object of a manifest, checked against its kind's table."""

    kind: str
    name: str
    record: Record

    @property
    def place(self) -> Location:
        return self.record.value.place

    @property
    def spec(self) -> Record:
        return self.record.needed("spec")

    @property
    def meta(self) -> Record:
        return self.record.needed("metadata")


def documents(files: Iterable[Path]) -> tuple[Document, ...]:
    """Read all objects; one of the same kind and name in a later file takes the place of the earlier."""
    found: dict[tuple[str, str], Document] = {}
    for file in files:
        found |= _of(file)
    return tuple(found.values())


def _of(file: Path) -> dict[tuple[str, str], Document]:
    found: dict[tuple[str, str], Document] = {}
    for value in _objects(file):
        document = _document(value)
        twin = found.setdefault((document.kind, document.name), document)
        if twin is not document:
            named = document.meta.keys["name"]
            raise named.refuse(f"this {document.kind} is given twice", expected=f"once ({twin.place} has it)")
        if len(found) > MOST:
            raise value.refuse("these are too many objects", expected=f"{MOST} at most")
    return found


def _objects(file: Path) -> Iterator[Value]:
    for node in load_all(file):
        value = Value(node, "", node.place, None)
        if value.is_nothing:
            continue
        keys = value.entries()
        if "kind" not in keys or keys["kind"].shown != '"List"':
            yield value
            continue
        LIST.check(value)
        yield from keys["items"].items()


def _document(value: Value) -> Document:
    keys = value.entries()
    for name in ("apiVersion", "kind"):
        if name not in keys:
            raise value.refuse(f"{name} is missing", expected=f"{name}: of {', '.join(KINDS)}", got=", ".join(keys))
        HEAD.check(keys[name])
    kind, version = keys["kind"].text(), keys["apiVersion"].text()
    if kind not in KINDS:
        raise keys["kind"].refuse("this kind is not read", expected=one_of(kind, KINDS))
    current, shape = KINDS[kind]
    if version != current:
        old = "beta" in version or "alpha" in version
        what = f"a {kind} of this version is no longer served" if old else f"there is no {kind} of this version"
        raise keys["apiVersion"].refuse(what, expected=current)
    shape.check(value)
    record = Record(value)
    return Document(kind, record.needed("metadata").text("name"), record)


def one_namespace(found: Iterable[Document]) -> str:
    """Return the namespace of all objects. Raises StackFileError where there are two."""
    names = {document.meta.text("namespace", "default"): document for document in found}
    if len(names) > 1:
        second = list(names.values())[1].meta
        raise second.refuse("namespace", "a stack has one namespace", expected=next(iter(names)))
    return next(iter(names), "default")


def refuse_nothing(found: tuple[Document, ...], file: Path) -> None:
    """Refuse manifests in which nothing would run."""
    if not any(document.kind in ("Deployment", "Job") for document in found):
        raise StackFileError("nothing here runs", place=Location(file, 1), expected="a Deployment or a Job")
