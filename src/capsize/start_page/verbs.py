"""What can be called in a notebook: the verbs of a lab and of its stack, as their docstrings say."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verb:
    """A call as it is typed, and what it does."""

    call: str
    words: str


def verbs() -> list[tuple[str, str, list[Verb]]]:
    """Return what there is to call, by whom: how you get it, what it is, and its verbs."""
    from capsize.session.handles import EdgeHandle, InstanceHandle, ServiceHandle
    from capsize.session.running import RunningStack
    from capsize.ui.notebook import NotebookLab

    held = (
        ('yours = lab("01_monolith")', "yours", NotebookLab),
        ("shop = await yours.up()", "shop", RunningStack),
        ('shop.service("shop")', "service", ServiceHandle),
        ('shop.instance("shop-1")', "instance", InstanceHandle),
        ('shop.edge("shop", "db")', "edge", EdgeHandle),
    )
    return [(how, _first(kind), list(_verbs_of(name, kind))) for how, name, kind in held]


def _verbs_of(name: str, kind: type) -> Iterator[Verb]:
    for verb, member in vars(kind).items():
        words = _first(member)
        if words and not verb.startswith("_"):
            yield Verb(_call(f"{name}.{verb}", member), words)


def _call(verb: str, member: Any) -> str:
    if isinstance(member, property):
        return verb
    ours = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)  # what is passed on, or refused
    given = [one for one in inspect.signature(member).parameters.values() if one.name != "self"]
    waits = "await " if inspect.iscoroutinefunction(inspect.unwrap(member)) else ""
    return f"{waits}{verb}({', '.join(_written(one) for one in given if one.kind not in ours)})"


def _written(given: inspect.Parameter) -> str:
    """Write a parameter as it is typed: by name where it has a default, or is told apart by its name alone."""
    if given.default is given.empty:
        return f"{given.name}=…" if given.kind is given.KEYWORD_ONLY else given.name
    return f"{given.name}=…" if callable(given.default) else f"{given.name}={given.default!r}"


def _first(thing: Any) -> str:
    """Return the first paragraph of a docstring in one line, without the marks of code."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].replace("`", "").split())
