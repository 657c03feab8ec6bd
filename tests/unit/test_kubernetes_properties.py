"""What holds of the reader of manifests for any file at all."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from the_manifests import WHOLE

from capsize.stack.kubernetes import StackFileError, read
from capsize.stack.model import Stack

VALID: list[Any] = list(yaml.safe_load_all(WHOLE))
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
LINES = WHOLE.splitlines(keepends=True)
WORDS = (
    r"no ~ 1e3 -1 0 0x1f 1.5 22:22 25% $( $(A) $$ outside shop db http é 500m 1Ki 080 -- / /code v1 apps/v1 List Job"
)
MARKS = ["", "\0", "'", "*a", "&a", "<<", "!!binary", "[", "{", "- ", ": ", "#", "\t", "---\n", "...\n", "%YAML 3\n"]
LONG = ["9" * 5000, "a" * 300, "9" * 30 + "m", "http://db:" + "9" * 5000, "http://db:99999", "1E99"]
TRICKY = st.sampled_from([*WORDS.split(), *MARKS, *LONG])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=20) | TRICKY


def _keys_in(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*map(_keys_in, node.values()))
    return set().union(*map(_keys_in, node)) if isinstance(node, list) else set()


KEYS = st.sampled_from(sorted(_keys_in(VALID))) | TRICKY | st.text(max_size=5)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=30
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """Replace, remove or add one to three places of the valid manifests."""
    tree = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        _mutate(draw, tree)
    return tree


def _mutate(draw: st.DrawFn, node: Any) -> None:
    while True:
        steps = list(node) if isinstance(node, dict) else list(range(len(node)))
        step = draw(st.sampled_from(steps)) if steps else None
        if step is not None and isinstance(node[step], dict | list) and draw(st.integers(0, 4)):
            node = node[step]
            continue
        if step is not None and draw(st.booleans()):
            node[step] = draw(TREES)
        elif step is not None and draw(st.booleans()):
            del node[step]
        elif isinstance(node, dict):
            node[draw(KEYS)] = draw(TREES)
        else:
            node.append(draw(TREES))
        return


@st.composite
def scribbled(draw: st.DrawFn) -> str:
    """Put, cut and double pieces of the valid text."""
    text = WHOLE
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = draw(st.integers(at, min(len(text), at + 40)))
        text = text[:at] + draw(st.just("") | TRICKY | st.sampled_from(LINES) | st.text(max_size=3)) + text[end:]
    return text


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "kubernetes.yaml"


def _is_read_or_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    answer = _answer(file)
    if isinstance(answer, Stack):
        assert len(answer.edges) < 1000
    else:
        assert 1 <= answer.place.line <= len(content.decode(errors="replace").splitlines()) + 1
        assert str(answer)


def _answer(file: Path) -> Stack | StackFileError:
    try:
        return read(file, {"CODE": "/lab", "SEED": "a"})
    except StackFileError as error:
        return error


# The same examples in every run: a suite that fails by chance teaches people to run it again.
examples = settings(max_examples=100, deadline=None, derandomize=True)


@examples
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(file: Path, content: bytes):
    """Bytes of any kind give a stack or a refusal, never a crash."""
    _is_read_or_refused(file, content)


@examples
@given(TREES, st.booleans())
def test_any_structure_is_read_or_refused(file: Path, tree: Any, flow: bool):
    """Whatever YAML can say gives a stack or a refusal."""
    _is_read_or_refused(file, yaml.dump(tree, Dumper=DUMPER, default_flow_style=flow, allow_unicode=True).encode())


@settings(examples, max_examples=150)
@given(mutated())
def test_any_mutated_manifest_is_read_or_refused(file: Path, tree: Any):
    """Manifests that were right, and are wrong in up to three places, give a stack or a refusal."""
    _is_read_or_refused(file, yaml.dump_all(tree, Dumper=DUMPER, allow_unicode=True).encode())


@examples
@given(scribbled())
def test_any_scribbled_file_is_read_or_refused(file: Path, content: str):
    """Manifests that were right, and were scribbled over, give a stack or a refusal."""
    _is_read_or_refused(file, content.encode(errors="surrogatepass"))


def test_the_file_that_is_mutated_is_right(file: Path):
    """What the properties start from is a stack, so that they test more than refusals."""
    file.write_text(yaml.safe_dump_all(VALID))
    assert len(read(file, {"CODE": "/lab"}).services) == 4
