"""All that is wrong with a file is told in one error, in the order of its lines, and nothing that only follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.stack import compose, kubernetes
from capsize.stack.refusal import StackFileError


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path):
    """One error has every refusal of the file with its line, in the order of the lines."""
    file = tmp_path / "compose.yaml"
    file.write_text(
        "services:\n  web:\n    build: .\n    command: serve\n    restart: sometimes\n    ports: [eight, '80', nine]\n"
        "    environment: {A: 1e3, B: '${C}'}\n    extends: x\n  db: {image: redis}\nvolumes: {'a b': }\n"
    )
    with pytest.raises(StackFileError) as caught:
        compose.read(file)
    assert [(error.place.line, error.key.partition("web.")[2] or error.key) for error in caught.value.all] == [
        (5, "restart"), (6, "ports[0]"), (6, "ports[2]"), (7, "environment.A"), (7, "environment.B"), (8, "extends"),
        (10, 'volumes["a b"]'),
    ]  # fmt: skip
    said = str(caught.value).splitlines()
    assert said[0] == f"{file}:5: 7 things here are not accepted"
    assert f"  | {file}:6: services.web.ports[0]: this is not a port" in said


def test_a_mistake_has_no_false_companions(tmp_path: Path):
    """What follows from a refused key is not refused as well: the healthcheck is there, and so is the service."""
    file = tmp_path / "compose.yaml"
    file.write_text(
        "services:\n  a: {build: ., command: x, depends_on: {b: {condition: service_healthy}, c: {condition: x}}}\n"
        "  b: {image: redis, healthcheck: {test: x, retries: 0}}\n  c: {image: mysql}\n"
        "  d: {image: redis, depends_on: [b, e]}\n"
    )
    with pytest.raises(StackFileError) as caught:
        compose.read(file)
    assert [error.key for error in caught.value.all] == [
        "services.a.depends_on.c.condition",
        "services.b.healthcheck.retries",
        "services.c.image",
        "services.d.depends_on[1]",
    ]


def test_what_is_merged_into_many_places_is_told_once(tmp_path: Path):
    """A mistake behind an anchor is one mistake."""
    file = tmp_path / "compose.yaml"
    services = "".join(f"  s{n}: {{<<: *x, command: x, build: .}}\n" for n in range(30))
    file.write_text(f"x-x: &x {{restart: never}}\nservices:\n{services}")
    with pytest.raises(StackFileError) as caught:
        compose.read(file)
    assert len(caught.value.all) == 1


def test_a_message_tells_twenty_and_how_many_more(tmp_path: Path):
    """A file of another kind does not fill the screen."""
    file = tmp_path / "compose.yaml"
    file.write_text("services:\n" + "".join(f"  s{n}: {{image: mysql}}\n" for n in range(30)))
    with pytest.raises(StackFileError) as caught:
        compose.read(file)
    assert str(caught.value).splitlines()[-1] == "  | and 10 more"
    assert len(caught.value.all) == 30


def test_manifests_tell_all_at_once(tmp_path: Path):
    """Objects and containers have their mistakes told together, and nothing that only follows from one."""
    file = tmp_path / "kubernetes.yaml"
    file.write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatta: {}\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: x\n  template: {}\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  selector: {matchLabels: {a: b}}\n"
        "  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n        - name: api\n"
        "          image: mysql\n          command: [x]\n          envFrom: [{configMapRef: {name: a}}]\n"
        "          livenessProbe: {httpGet: {port: web}}\n"
    )
    with pytest.raises(StackFileError) as caught:
        kubernetes.read(file)
    assert [(error.place.line, error.key.rpartition(".")[2]) for error in caught.value.all] == [
        (4, "datta"), (9, "spec"), (10, "replicas"), (11, "template"), (23, "image"), (26, "port"),
    ]  # fmt: skip


def test_an_object_that_two_files_define_is_refused(tmp_path: Path):
    """A copy beside a manifest is not taken for it in silence: the message names both files."""
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    for name in ("kubernetes.yaml", "a.yaml", "a_old.yaml"):
        (tmp_path / name).write_text(one)
    with pytest.raises(StackFileError) as caught:
        kubernetes.read([tmp_path / "kubernetes.yaml", *(tmp_path / name for name in ("a.yaml", "a_old.yaml"))])
    assert "a_old.yaml:3" in str(caught.value)
    assert "is defined in two files" in str(caught.value)
    assert "a.yaml:1 has it" in str(caught.value)


def test_manifests_are_what_kubectl_would_apply(tmp_path: Path):
    """.yaml and .yml count; what editors and file managers leave behind does not."""
    for name in ("b.yml", "a.yaml", ".#a.yaml", "._a.yaml", ".a.yml", "a.yaml~", "#a.yaml#", "notes.txt"):
        (tmp_path / name).write_text("")
    assert [path.name for path in kubernetes.manifests(tmp_path)] == ["a.yaml", "b.yml"]
