"""What holds of the Compose reader for any file at all."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from any_file import AnyFile, examples, is_read_or_refused
from hypothesis import given
from hypothesis import strategies as st

from capsize.stack.compose import read

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
ANY = AnyFile(VALID, TEXT, [*WORDS.split(), "9" * 11 + "h"])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "compose.yaml"


def _is_fine(file: Path, content: bytes) -> bool:
    file.write_bytes(content)
    return is_read_or_refused(lambda: read(file), content)


def _dumped(tree: Any, flow: bool) -> bytes:
    return yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True).encode()


@examples
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(file: Path, content: bytes):
    """Bytes of any kind give a stack or a refusal, never a crash."""
    assert _is_fine(file, content)


@examples
@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("{}[]:,-&*!|>'\"%@#\n \t<?="), max_size=200))
def test_any_text_is_read_or_refused(file: Path, content: str):
    """Text of any kind gives a stack or a refusal."""
    assert _is_fine(file, content.encode())


@examples
@given(ANY.trees, st.booleans())
def test_any_structure_is_read_or_refused(file: Path, tree: Any, flow: bool):
    """Whatever YAML can say gives a stack or a refusal."""
    assert _is_fine(file, _dumped(tree, flow))


@examples
@given(ANY.mutated(deeper=st.booleans()), st.booleans())
def test_any_mutated_stack_is_read_or_refused(file: Path, tree: Any, flow: bool):
    """A file that was right, and is wrong in up to three places, gives a stack or a refusal."""
    assert _is_fine(file, _dumped(tree, flow))


@examples
@given(ANY.scribbled())
def test_any_scribbled_file_is_read_or_refused(file: Path, content: str):
    """A file that was right, and was scribbled over, gives a stack or a refusal."""
    assert _is_fine(file, content.encode(errors="surrogatepass"))


def test_the_file_that_is_mutated_is_right(file: Path):
    """What the properties start from is a stack, so that they test more than refusals."""
    file.write_text(TEXT)
    assert list(read(file).services) == ["shop", "pay", "proxy", "db"]
