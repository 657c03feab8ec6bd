"""What ConfigMaps and Secrets hold, and the looking up of a key, an object, or nothing where that is allowed.

A Secret's values never appear in a message.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.record import Record
from capsize.stack.refusal import Findings, one_of
from capsize.stack.value import UNSAFE, Value

RANDOM = "capsize/random"  # an annotation of a Secret: the keys that get a value of the stack's own
SEED = "SEED"  # the variable that those values are made from; without it the file's values hold
Kind = str
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Configuration:
    """The texts of all ConfigMaps and Secrets, by kind, name and key."""

    held: Mapping[tuple[Kind, str], Mapping[str, str]]
    is_whole: bool = True  # without what has been refused: then what is missing may be in that

    def key(self, kind: Kind, reference: Record) -> str | None:
        """Look up the one key that a reference names; None where it is not there and need not be."""
        found = self.all(kind, reference)
        if found is None or (reference.text("key") not in found and self._may_miss(reference)):
            return None
        if reference.text("key") not in found:
            words = f"the {kind} {reference.text('name')} has no such key"
            raise reference.refuse("key", words, expected=one_of(reference.text("key"), found))
        return found[reference.text("key")]

    def all(self, kind: Kind, reference: Record) -> Mapping[str, str] | None:
        """Look up all that a reference names; None where it is not there and need not be."""
        name = reference.text("name")
        if (kind, name) in self.held:
            return self.held[kind, name]
        if self._may_miss(reference):
            return None
        known = [each for held, each in self.held if held == kind]
        raise reference.refuse("name", f"there is no {kind} of this name", expected=one_of(name, known))

    def _may_miss(self, reference: Record) -> bool:
        return reference.flag("optional") or not self.is_whole


def configuration(found: Iterable[Document], variables: Mapping[str, str], findings: Findings) -> Configuration:
    """Take in the ConfigMaps and Secrets. ``SEED`` among the variables makes the values of annotated keys random."""
    seed = variables.get(SEED, "")
    held: dict[tuple[Kind, str], Mapping[str, str]] = {}
    for document in found:
        if document.kind == "ConfigMap":
            held[document.kind, document.name] = document.record.mapping("data")
        if document.kind == "Secret":
            held[document.kind, document.name] = findings.attempt(functools.partial(_secret, document, seed), NOTHING)
    return Configuration(held, is_whole=not findings.refused)


def _secret(document: Document, seed: str) -> Mapping[str, str]:
    encoded = document.record.part("data")
    texts = {name: _decoded(value) for name, value in (encoded.keys if encoded else {}).items()}
    texts |= document.record.mapping("stringData")
    return texts | {name: _own(seed, document.name, name) for name in _random_keys(document, texts) if seed}


def _random_keys(document: Document, texts: Mapping[str, str]) -> tuple[str, ...]:
    notes = document.meta.part("annotations")
    words = notes.text(RANDOM).replace(",", " ").split() if notes else []
    for word in words:
        if notes and word not in texts:
            raise notes.refuse(RANDOM, "this Secret has no such key", expected=one_of(word, texts))
    return tuple(words)


def _own(seed: str, secret: str, key: str) -> str:
    """Make a value that is the same each time that this stack's files are read, and no other stack's."""
    digest = hmac.new(seed.encode(), f"{secret}/{key}".encode(), hashlib.sha256).digest()
    # the letter in front: a value that begins with a dash would be read as an option
    return "c" + base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _decoded(value: Value) -> str:
    value = replace(value, hidden=True)
    try:
        text = base64.b64decode("".join(value.text().split()), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        words = "this is not a text in base64"
        raise value.refuse(words, expected="base64 of UTF-8, or the text itself under stringData") from error
    if UNSAFE.search(text):
        raise value.refuse("a character that no process can be given", expected="a text without NUL")
    return text
