"""What holds of the Compose reader for any file at all."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from any_yaml import AnyYaml
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
WORDS = r"no ~ 1e3 -1 0 0x1f 1.5 22:22 65536:1 $ ${A ${A:?} $$ outside service:pay shop db é :: ~/x:/y /a:/b:ro 10s CMD"
ANY = AnyYaml(VALID, TEXT, [*WORDS.split(), "\ud7ff", "9" * 11 + "h"])


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
@given(ANY.trees, st.booleans())
def test_any_structure_is_read_or_refused(file: Path, tree: Any, flow: bool):
    """Whatever YAML can say gives a stack or a refusal."""
    _is_read_or_refused(file, yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True).encode())


@examples
@given(ANY.mutated(), st.booleans())
def test_any_mutated_stack_is_read_or_refused(file: Path, tree: Any, flow: bool):
    """A file that was right, and is wrong in up to three places, gives a stack or a refusal."""
    _is_read_or_refused(file, yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True).encode())


@examples
@given(ANY.scribbled())
def test_any_scribbled_file_is_read_or_refused(file: Path, content: str):
    """A file that was right, and was scribbled over, gives a stack or a refusal."""
    _is_read_or_refused(file, content.encode(errors="surrogatepass"))


def test_the_file_that_is_mutated_is_right(file: Path):
    """What the properties start from is a stack, so that they test more than refusals."""
    file.write_text(TEXT)
    assert list(read(file).services) == ["shop", "pay", "proxy", "db"]
