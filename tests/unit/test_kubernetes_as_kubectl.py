"""What kubectl and the API server take is taken, what they refuse is refused, and what no probe could reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.stack.kubernetes import StackFileError, read
from capsize.stack.model import Port, Stack, Volume

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, labels: {{a: {label}}}}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      volumes: [{{name: scratch{volume}}}]
      containers:
        - name: web
          image: capsize-shop
          command: [serve]
          env: [{{name: A, value: {value}}}, {{name: PORT, value: {port}}}]
          envFrom: [{{configMapRef: {{name: doors, optional: {optional}}}}}]
          ports: [{{name: http, containerPort: 8000}}]
          volumeMounts: [{{name: scratch, mountPath: /scratch}}]
          livenessProbe: {{{probe}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: doors}}
data: {{{key}: "shut"}}
---
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{type: NodePort, selector: {{app: web}}, ports: [{{{service}}}]}}
"""
PLAIN = {
    "label": "b", "volume": ", emptyDir: {}", "value": "b", "port": '"8000"', "optional": "true", "key": "K",
    "probe": "httpGet: {port: http}", "service": "port: 80, targetPort: http",
}  # fmt: skip


def _read(folder: Path, **changes: str) -> Stack:
    (folder / "kubernetes.yaml").write_text(MANIFEST.format(**(PLAIN | changes)))
    return read(folder / "kubernetes.yaml")


@pytest.mark.parametrize("value", ["1e3", "0o644", "012345678901", "08", "1_000", "-.5", "y", "N", "on", "true", "0x1"])
@pytest.mark.parametrize("field", ["label", "value"])
def test_what_kubectl_takes_for_no_text_is_refused(tmp_path, field, value):
    """A number or a bool of YAML 1.1 where the API wants a text: the message says to put it in quotes."""
    with pytest.raises(StackFileError, match=f'quotes around it make it one: "{value}"'):
        _read(tmp_path, **{field: value})
    _read(tmp_path, **{field: '"b"'})


@pytest.mark.parametrize("value", ["2024-01-01", "1:30", "1e400", "0o9", "yess"])
def test_what_kubectl_takes_for_a_text_is_one(tmp_path, value):
    """yaml.v2 keeps dates and numbers to the base 60 as texts."""
    assert _read(tmp_path, value=value).services["web"].environment["A"] == value


@pytest.mark.parametrize(
    ("changes", "meant"),
    [
        ({"volume": ""}, "emptyDir"),
        ({"volume": ", emptyDir: "}, "emptyDir"),
        ({"optional": "yes"}, "optional"),
        ({"key": "9000"}, "a key"),
    ],
)
def test_what_the_api_server_fills_in_is_filled_in(tmp_path, changes, meant):
    """A volume of no kind is an emptyDir, yes is true, and the key 9000 is a text."""
    web = _read(tmp_path, **changes).services["web"]
    assert web.volumes == (Volume("own", "volume-scratch", "/scratch"),), meant
    assert web.environment["9000" if "key" in changes else "K"] == "shut", meant


def test_a_zero_is_the_default_where_the_api_server_says_so(tmp_path):
    """timeoutSeconds, periodSeconds and the thresholds of a probe, targetPort and nodePort may be 0."""
    zeros = "httpGet: {port: http}, timeoutSeconds: 0, periodSeconds: 0, failureThreshold: 0, successThreshold: 0"
    probe = _read(tmp_path, probe=zeros).services["web"].liveness
    assert probe
    assert (probe.timeout, probe.period, probe.failure_threshold, probe.success_threshold) == (1.0, 10.0, 3, 1)
    stack = _read(tmp_path, service="port: 8000, targetPort: 0, nodePort: 0")
    assert stack.services["web"].ports == (Port(8000, None),)


@pytest.mark.parametrize("name", ["collector-over-http-to-the-harbour", '"80"', "a"])
def test_a_services_port_has_the_name_of_a_label(tmp_path, name):
    """63 characters, and digits alone too; only a container's port has 15 at most, and a letter."""
    assert _read(tmp_path, service=f"name: {name}, port: 80, targetPort: http").services["web"].ports == (Port(8000),)
    with pytest.raises(StackFileError, match="a name of a-z"):
        _read(tmp_path, service=f"name: {'a' * 64}, port: 80, targetPort: http")


@pytest.mark.parametrize("port", ['"8000/tcp"', '"0"', '"70000"', '""', '"\uff18000"'])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    """What the kit itself reads of the environment is checked at its line, before anything starts."""
    with pytest.raises(StackFileError, match="PORT is not a port") as caught:
        _read(tmp_path, port=port)
    assert caught.value.place.line == 15


@pytest.mark.parametrize("probe", ["httpGet: {port: 80}", "tcpSocket: {port: 8001}", "grpc: {port: 9}"])
def test_a_probe_of_a_port_at_which_nothing_listens_is_refused(tmp_path, probe):
    """The pod says where its containers listen, so a probe of another number could never pass."""
    with pytest.raises(StackFileError, match="nothing of this pod listens there") as caught:
        _read(tmp_path, probe=probe)
    assert "expected: port 8000" in str(caught.value)


def test_a_field_that_kubernetes_has_is_no_typing_mistake(tmp_path):
    """The message says that the field is not supported here, and suggests no other."""
    file = tmp_path / "kubernetes.yaml"
    file.write_text(MANIFEST.format(**PLAIN).replace("\ndata: {", "\nbinaryData: {logo: aGk=}\ndata: {"))
    with pytest.raises(StackFileError, match="binaryData: this field is not supported here"):
        read(file)
