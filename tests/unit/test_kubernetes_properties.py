"""What holds of the reader of manifests for any file at all."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from any_file import AnyFile, examples, is_read_or_refused
from hypothesis import given, settings
from hypothesis import strategies as st
from the_manifests import BALANCER, POD, WHOLE

from capsize.stack.kubernetes import read

ALL = f"{WHOLE}---\n{BALANCER}---\n{POD}"
VALID: list[Any] = list(yaml.safe_load_all(ALL))
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
WORDS = (
    r"no ~ 1e3 -1 0 0x1f 1.5 22:22 25% $( $(A) $$ outside shop db http é 500m 1Ki 080 -- / /code v1 apps/v1 List Job"
)
ANY = AnyFile(VALID, ALL, [*WORDS.split(), "...\n", "9" * 30 + "m", "http://db:99999", "1E99"])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "kubernetes.yaml"


def _is_fine(file: Path, content: bytes) -> bool:
    file.write_bytes(content)
    return is_read_or_refused(lambda: read(file, {"CODE": "/lab", "SEED": "a"}), content)


@examples
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(file: Path, content: bytes):
    """Bytes of any kind give a stack or a refusal, never a crash."""
    assert _is_fine(file, content)


@examples
@given(ANY.trees, st.booleans())
def test_any_structure_is_read_or_refused(file: Path, tree: Any, flow: bool):
    """Whatever YAML can say gives a stack or a refusal."""
    assert _is_fine(file, yaml.dump(tree, Dumper=DUMPER, default_flow_style=flow, allow_unicode=True).encode())


@settings(examples, max_examples=150)
@given(ANY.mutated(deeper=st.integers(0, 4)))
def test_any_mutated_manifest_is_read_or_refused(file: Path, tree: Any):
    """Manifests that were right, and are wrong in up to three places, give a stack or a refusal."""
    assert _is_fine(file, yaml.dump_all(tree, Dumper=DUMPER, allow_unicode=True).encode())


@examples
@given(ANY.scribbled())
def test_any_scribbled_file_is_read_or_refused(file: Path, content: str):
    """Manifests that were right, and were scribbled over, give a stack or a refusal."""
    assert _is_fine(file, content.encode(errors="surrogatepass"))


def test_the_file_that_is_mutated_is_right(file: Path):
    """What the properties start from is a stack, so that they test more than refusals."""
    file.write_text(yaml.safe_dump_all(VALID))
    assert len(read(file, {"CODE": "/lab"}).services) == 9
