"""What holds of the Compose reader for any file at all."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from capsize.stack.compose import StackFileError, read
from capsize.stack.model import Stack

VALID: dict[str, Any] = {
    "x-env": {"LOG": "info"},
    "services": {
        "shop": {
            "build": {"context": ".", "args": {"LAB": "01"}},
            "command": ["python", "-m", "shop.serve"],
            "environment": {"PORT": "8000", "URL": "http://${USER:-ann}@pay:8000/a", "DB": "postgresql://db:5432/x"},
            "ports": ["8080:8000", {"target": 9000, "published": 9001}],
            "depends_on": {"db": {"condition": "service_healthy"}, "pay": {"condition": "service_started"}},
            "healthcheck": {"test": ["CMD", "true"], "interval": "1m30s", "retries": 2, "disable": False},
            "deploy": {"replicas": 1},
            "stop_grace_period": "500ms",
            "stop_signal": "SIGINT",
            "restart": "on-failure:3",
            "volumes": ["./a:/a:ro", {"type": "volume", "source": "data", "target": "/data"}],
        },
        "pay": {"build": ".", "command": "python -m pay", "depends_on": ["db"], "environment": ["A=$$1"]},
        "proxy": {"build": ".", "command": "envoy", "network_mode": "service:shop"},
        "db": {"image": "postgres:18", "healthcheck": {"test": "pg_isready"}},
    },
    "volumes": {"data": None},
}
TEXT = yaml.safe_dump(VALID, sort_keys=False) + "x-a: &a {b: &b [1], <<: {c: d}}\nx-c: *b\n"
LINES = TEXT.splitlines(keepends=True)
WORDS = r"no ~ 1e3 -1 0 0x1f 1.5 22:22 65536:1 $ ${A ${A:?} $$ outside service:pay shop db é :: ~/x:/y /a:/b:ro 10s CMD"
MARKS = ["", "\0", "\ud7ff", "'", "*a", "&a", "<<", "!!binary", "[", "{", "- ", ": ", "#", "\t", "---\n", "%YAML 3\n"]
LONG = ["9" * 5000, "a" * 300, "9" * 11 + "h", "http://db:" + "9" * 5000]
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
    """Replace, remove or add one to three places of the valid file."""
    tree = yaml.safe_load(yaml.safe_dump(VALID))
    for _ in range(draw(st.integers(1, 3))):
        _mutate(draw, tree)
    return tree


def _mutate(draw: st.DrawFn, node: Any) -> None:
    while True:
        steps = list(node) if isinstance(node, dict) else list(range(len(node)))
        step = draw(st.sampled_from(steps)) if steps else None
        if step is not None and isinstance(node[step], dict | list) and draw(st.booleans()):
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
    text = TEXT
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = draw(st.integers(at, min(len(text), at + 40)))
        text = text[:at] + draw(st.just("") | TRICKY | st.sampled_from(LINES) | st.text(max_size=3)) + text[end:]
    return text


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "compose.yaml"


def _is_read_or_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    answer = _answer(file)
    if isinstance(answer, Stack):
        assert len(answer.edges) < 1000
    else:
        assert 1 <= answer.place.line <= len(content.decode(errors="replace").splitlines()) + 1


def _answer(file: Path) -> Stack | StackFileError:
    try:
        return read(file)
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
@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("{}[]:,-&*!|>'\"%@#\n \t<?="), max_size=200))
def test_any_text_is_read_or_refused(file: Path, content: str):
    """Text of any kind gives a stack or a refusal."""
    _is_read_or_refused(file, content.encode())


@examples
@given(TREES, st.booleans())
def test_any_structure_is_read_or_refused(file: Path, tree: Any, flow: bool):
    """Whatever YAML can say gives a stack or a refusal."""
    _is_read_or_refused(file, yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True).encode())


@examples
@given(mutated(), st.booleans())
def test_any_mutated_stack_is_read_or_refused(file: Path, tree: Any, flow: bool):
    """A file that was right, and is wrong in up to three places, gives a stack or a refusal."""
    _is_read_or_refused(file, yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True).encode())


@examples
@given(scribbled())
def test_any_scribbled_file_is_read_or_refused(file: Path, content: str):
    """A file that was right, and was scribbled over, gives a stack or a refusal."""
    _is_read_or_refused(file, content.encode(errors="surrogatepass"))


def test_the_file_that_is_mutated_is_right(file: Path):
    """What the properties start from is a stack, so that they test more than refusals."""
    file.write_text(TEXT)
    assert list(read(file).services) == ["shop", "pay", "proxy", "db"]
