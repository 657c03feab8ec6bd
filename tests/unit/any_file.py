"""Strategies for files of any kind: scalars that trip readers, trees of them, a valid file with places changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from capsize.stack.refusal import StackFileError

MARKS = ["", "\0", "\ud7ff", "'", "*a", "&a", "<<", "!!binary", "[", "{", "- ", ": ", "#", "\t", "---\n", "%YAML 3\n"]
LONG = ["9" * 5000, "a" * 300, "http://db:" + "9" * 5000]
# The same examples in every run: a suite that fails by chance teaches people to run it again.
examples = settings(max_examples=100, deadline=None, derandomize=True)


class AnyFile:
    """Strategies around one valid file: its ``tree``, its ``text``, and ``tricky`` words of its format."""

    def __init__(self, tree: Any, text: str, tricky: list[str]) -> None:
        self._tree, self._text = tree, text
        self._tricky = st.sampled_from([*tricky, *MARKS, *LONG])
        plain = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=20)
        self._keys = st.sampled_from(sorted(keys_in(tree))) | self._tricky | st.text(max_size=5)
        self.trees = st.recursive(plain | self._tricky, self._branches, max_leaves=30)

    def _branches(self, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, max_size=4) | st.dictionaries(self._keys, inner, max_size=5)

    def mutated(self, deeper: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        """Replace, remove or add one to three places of the valid tree; ``deeper`` says whether to go on down."""

        @st.composite
        def trees(draw: st.DrawFn) -> Any:
            tree = copy.deepcopy(self._tree)
            for _ in range(draw(st.integers(1, 3))):
                self._mutate(draw, self._way_down(draw, tree, deeper))
            return tree

        return trees()

    def _way_down(self, draw: st.DrawFn, node: Any, deeper: st.SearchStrategy[Any]) -> Any:
        inner = [child for child in children(node) if isinstance(child, dict | list)]
        while inner and draw(deeper):
            node = draw(st.sampled_from(inner))
            inner = [child for child in children(node) if isinstance(child, dict | list)]
        return node

    def _mutate(self, draw: st.DrawFn, node: Any) -> None:
        steps = list(node) if isinstance(node, dict) else list(range(len(node)))
        step = draw(st.sampled_from(steps)) if steps else None
        if step is not None and draw(st.booleans()):
            node[step] = draw(self.trees)
        elif step is not None and draw(st.booleans()):
            del node[step]
        elif isinstance(node, dict):
            node[draw(self._keys)] = draw(self.trees)
        else:
            node.append(draw(self.trees))

    def scribbled(self) -> st.SearchStrategy[str]:
        """Put, cut and double pieces of the valid text."""
        put = st.just("") | self._tricky | st.sampled_from(self._text.splitlines(keepends=True)) | st.text(max_size=3)

        @st.composite
        def texts(draw: st.DrawFn) -> str:
            text = self._text
            for _ in range(draw(st.integers(1, 4))):
                at = draw(st.integers(0, len(text)))
                end = draw(st.integers(at, min(len(text), at + 40)))
                text = text[:at] + draw(put) + text[end:]
            return text

        return texts()


def children(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else list(node)


def keys_in(node: Any) -> set[str]:
    """Return every key of a tree."""
    own = set(node) if isinstance(node, dict) else set()
    return own.union(*map(keys_in, children(node))) if isinstance(node, dict | list) else own


def is_read_or_refused(read: Callable[[], Any], content: bytes) -> bool:
    """Say whether a reader gives a stack, or a refusal that names a line of the file or the one behind it."""
    try:
        return len(read().edges) < 1000
    except StackFileError as error:
        lines = len(content.decode(errors="replace").splitlines())
        return bool(str(error)) and 1 <= error.place.line <= lines + 1
