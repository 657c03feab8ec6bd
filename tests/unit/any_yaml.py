"""Strategies for files near a valid one: any YAML, a valid tree with a few changes, a valid text scribbled over."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

MARKS = ("", "\0", "'", "*a", "&a", "<<", "!!binary", "[", "{", "- ", ": ", "#", "\t", "---\n", "%YAML 3\n")
LONG = ("9" * 5000, "a" * 300, "http://db:" + "9" * 5000)


class AnyYaml:
    """Files near a valid one. ``tree`` and ``text`` are valid; ``tricky`` are words that such files stumble over."""

    def __init__(self, tree: Any, text: str, tricky: Sequence[str]) -> None:
        self.tree, self.text = tree, text
        self.tricky = st.sampled_from([*tricky, *MARKS, *LONG])
        plain = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=20)
        self.keys = st.sampled_from(sorted(_keys_in(tree))) | self.tricky | st.text(max_size=5)
        self.trees = st.recursive(
            plain | self.tricky,
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(self.keys, inner, max_size=5),
            max_leaves=30,
        )

    def mutated(self) -> st.SearchStrategy[Any]:
        """Replace, remove or add one to three places of the valid tree."""
        return st.composite(self._mutated)()

    def _mutated(self, draw: st.DrawFn) -> Any:
        tree = copy.deepcopy(self.tree)
        for _ in range(draw(st.integers(1, 3))):
            self._mutate(draw, tree)
        return tree

    def _mutate(self, draw: st.DrawFn, node: Any) -> None:
        while True:
            steps = list(node) if isinstance(node, dict) else list(range(len(node)))
            step = draw(st.sampled_from(steps)) if steps else None
            if step is None or not isinstance(node[step], dict | list) or not draw(st.integers(0, 4)):
                return self._change(draw, node, step)
            node = node[step]

    def _change(self, draw: st.DrawFn, node: Any, step: Any) -> None:
        if step is not None and draw(st.booleans()):
            node[step] = draw(self.trees)
        elif step is not None and draw(st.booleans()):
            del node[step]
        elif isinstance(node, dict):
            node[draw(self.keys)] = draw(self.trees)
        else:
            node.append(draw(self.trees))

    def scribbled(self) -> st.SearchStrategy[str]:
        """Put, cut and double pieces of the valid text."""
        return st.composite(self._scribbled)()

    def _scribbled(self, draw: st.DrawFn) -> str:
        text, lines = self.text, self.text.splitlines(keepends=True)
        for _ in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, len(text)))
            end = draw(st.integers(at, min(len(text), at + 40)))
            piece = draw(st.just("") | self.tricky | st.sampled_from(lines) | st.text(max_size=3))
            text = text[:at] + piece + text[end:]
        return text


def _keys_in(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*map(_keys_in, node.values()))
    return set().union(*map(_keys_in, node)) if isinstance(node, list) else set()
