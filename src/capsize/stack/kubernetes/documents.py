"""Manifests as objects by kind and name: several files, several documents each, lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from capsize.stack.kubernetes.record import Record
from capsize.stack.kubernetes.shapes import Each, Fields, Text
from capsize.stack.kubernetes.tables import KINDS
from capsize.stack.lines import load_all
from capsize.stack.model import Location
from capsize.stack.refusal import Findings, StackFileError, one_of
from capsize.stack.value import Value

HEAD = Text(r"\S+", "a word")
MOST = 100
NOTHING: tuple[Value, ...] = ()


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


def manifests(folder: Path) -> list[Path]:
    """List the manifests in a folder, as ``kubectl apply -f`` would: .yaml and .yml. Hidden files are an editor's."""
    found = (path for suffix in ("yaml", "yml") for path in folder.glob(f"*.{suffix}"))
    return sorted(path for path in found if not path.name.startswith("."))


def documents(files: Sequence[Path], findings: Findings) -> tuple[Document, ...]:
    """Read all objects that have nothing refused. Those of the first file give way to those of the others.

    An object that two of the others define is refused: which of them is meant is for nobody to guess.
    """
    found = _of(files[0], findings)
    over: dict[tuple[str, str], Document] = {}
    for file in files[1:]:
        for key, document in _of(file, findings).items():
            if key in over:
                findings.refused.append(_defined_twice(document, over[key], "is defined in two files"))
            over.setdefault(key, document)
    return tuple((found | over).values())


def _defined_twice(document: Document, first: Document, words: str) -> StackFileError:
    named = document.meta.keys["name"]
    return named.refuse(f"this {document.kind} {words}", expected=f"once ({first.place} has it)")


def _of(file: Path, findings: Findings) -> dict[tuple[str, str], Document]:
    found: dict[tuple[str, str], Document] = {}
    for value in findings.attempt(lambda: tuple(_objects(file, findings)), NOTHING):
        before = len(findings.refused)
        document = value.attempt(_document, None)
        if document is None or len(findings.refused) > before:
            continue
        twin = found.setdefault((document.kind, document.name), document)
        if twin is not document:
            findings.refused.append(_defined_twice(document, twin, "is given twice"))
        if len(found) > MOST:
            raise value.refuse("too many objects", expected=f"{MOST} at most")
    return found


def _objects(file: Path, findings: Findings) -> Iterator[Value]:
    for node in load_all(file):
        value = Value(node, "", node.place, None, findings=findings)
        if value.is_nothing:
            continue
        keys = value.entries()
        if "kind" not in keys or keys["kind"].shown != '"List"':
            yield value
            continue
        before = len(findings.refused)
        value.attempt(LIST.check, None)
        yield from keys["items"].items() if len(findings.refused) == before else ()


def _document(value: Value) -> Document | None:
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
    before = len(value.findings.refused)
    shape.check(value)
    if len(value.findings.refused) > before:
        return None
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
