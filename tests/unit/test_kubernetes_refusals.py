"""What the reader of manifests refuses, one row each: what was changed, and then the line, the path and the words."""

from __future__ import annotations

from pathlib import Path

import pytest
from the_manifests import SHOP, WHOLE

from capsize.stack.kubernetes import StackFileError, read

POD = "spec.template.spec"
BOX = f"{POD}.containers[0]"
RANDOM = 'metadata.annotations["capsize/random"]'

# an old text of the manifest, what stands there instead, the path of the refusal, its words
CHANGES = [
    ("a field misspelt", "replicas: 3", "replica: 3", "spec.replica", "no such field|replicas? Accepted:"),
    ("a field of Kubernetes", "minReadySeconds: 2", "paused: true", "spec.paused", "not supported here"),
    ("a text for a number", "replicas: 3", 'replicas: "3"', "spec.replicas", "this is a text, and must be a number"),
    (
        "a number for a text",
        'value: "8000"',
        "value: 8000",
        f"{BOX}.env[0].value",
        'quotes around it make it one: "8000"',
    ),
    ("a bool for a text", '"yes"', "yes", f"{BOX}.livenessProbe.httpGet.httpHeaders[0].value", "for a bool"),
    ("a list for a text", "image: capsize-shop\n", "image: [a]\n", f"{BOX}.image", "this must be a text"),
    ("a part of one", "replicas: 3", "replicas: 1.5", "spec.replicas", "whole number from 0 to 64"),
    ("less than none", "replicas: 3", "replicas: -1", "spec.replicas", "whole number from 0 to 64"),
    ("an enum", "type: RollingUpdate", "type: Rolling", "spec.strategy.type", "RollingUpdate? Accepted"),
    ("a missing field", "          image: capsize-shop\n", "", BOX, "image is missing"),
    (
        "an old version",
        "apiVersion: apps/v1\nkind: D",
        "apiVersion: extensions/v1beta1\nkind: D",
        "apiVersion",
        "no longer served|expected: apps/v1",
    ),
    (
        "another version",
        "apiVersion: apps/v1\nkind: D",
        "apiVersion: v1\nkind: D",
        "apiVersion",
        "no Deployment of this version",
    ),
    ("another kind", "kind: ConfigMap\n", "kind: StatefulSet\n", "kind", "this kind is not read"),
    ("a bad name", "name: shop\n  labels", "name: Shop\n  labels", "metadata.name", "a name of a-z"),
    (
        "a reserved name",
        "name: shop\n  labels",
        "name: outside\n  labels",
        "metadata.name",
        "every caller from outside",
    ),
    ("a label", "tier: front", "tier: a b", "spec.template.metadata.labels.tier", "a label's value"),
    (
        "another label",
        "labels: {app: shop, tier",
        "labels: {app: shopp, tier",
        "spec.selector.matchLabels.app",
        "do not match|app: shopp",
    ),
    ("no label", "labels: {app: shop, tier", "labels: {tier", "spec.selector.matchLabels.app", "no label app"),
    (
        "an empty selector",
        "matchLabels: {app: shop}",
        "matchLabels: {}",
        "spec.selector.matchLabels",
        "selects nothing",
    ),
    (
        "neither surge nor gap",
        "maxSurge: 25%\n      maxUnavailable: 25%",
        "maxSurge: 0\n      maxUnavailable: 0%",
        "spec.strategy.rollingUpdate.maxUnavailable",
        "no pod could ever be replaced",
    ),
    (
        "a gap above all",
        "maxUnavailable: 25%",
        "maxUnavailable: 101%",
        "spec.strategy.rollingUpdate.maxUnavailable",
        "more than all",
    ),
    ("a bad share", "maxSurge: 25%", "maxSurge: some", "spec.strategy.rollingUpdate.maxSurge", 'a share such as "25%"'),
    ("a rolling Recreate", "type: RollingUpdate", "type: Recreate", "spec.strategy.rollingUpdate", "does not roll"),
    (
        "a short deadline",
        "progressDeadlineSeconds: 60",
        "progressDeadlineSeconds: 2",
        "spec.progressDeadlineSeconds",
        "ready in time",
    ),
    (
        "a container's name twice",
        "      volumes:",
        "        - {name: shop, image: capsize-shop, command: [a]}\n      volumes:",
        f"{POD}.containers[1].name",
        "this name is given twice",
    ),
    (
        "an init container's name twice",
        "      volumes:",
        "      initContainers: [{name: shop, image: capsize-shop, command: [a]}]\n      volumes:",
        f"{POD}.initContainers[0].name",
        "this name is given twice",
    ),
    (
        "one port for two",
        "      volumes:",
        "        - {name: b, image: capsize-shop, command: [a], env: [{name: PORT, value: '8000'}]}\n      volumes:",
        f"{POD}.containers[1]",
        "shop listens on port 8000 of the same network",
    ),
    (
        "a probe of what ends",
        "      volumes:",
        "      initContainers:\n        - name: b\n          image: capsize-shop\n          command: [a]\n"
        "          livenessProbe: {tcpSocket: {port: 1}}\n      volumes:",
        f"{POD}.initContainers[0].livenessProbe",
        "ends before it could be asked|restartPolicy: Always",
    ),
    (
        "a policy of init containers",
        "      volumes:",
        "      initContainers: [{name: b, image: capsize-shop, restartPolicy: Never}]\n      volumes:",
        f"{POD}.initContainers[0].restartPolicy",
        "Always",
    ),
    (
        "a policy of a container",
        "          image: capsize-shop\n",
        "          image: capsize-shop\n          restartPolicy: Always\n",
        f"{BOX}.restartPolicy",
        "not supported here",
    ),
    ("a foreign image", "image: capsize-shop\n", "image: mysql:8\n", f"{BOX}.image", "capsize-shop for the lab's code"),
    ("no command", '          command: ["python", "-m", "shop.serve"]\n', "", BOX, "command is missing"),
    (
        "a field of pods",
        "      volumes:",
        "      ephemeralContainers: []\n      volumes:",
        f"{POD}.ephemeralContainers",
        "not supported here",
    ),
    (
        "a restart policy",
        "      volumes:",
        "      restartPolicy: Never\n      volumes:",
        f"{POD}.restartPolicy",
        "of a Deployment cannot|Always",
    ),
    ("a variable twice", "name: PAYMENTS_URL", "name: PORT", f"{BOX}.env[3].name", "given twice|line 50 has it"),
    (
        "a value and a source",
        "name: POD\n",
        'name: POD\n              value: "a"\n',
        f"{BOX}.env[4].value",
        "got: both",
    ),
    (
        "two sources",
        "fieldRef: {fieldPath: metadata.name}",
        "fieldRef: {fieldPath: metadata.name}\n                secretKeyRef: {name: db, key: user}",
        f"{BOX}.env[4].valueFrom",
        "2 of these",
    ),
    (
        "a field of the pod",
        "metadata.name}",
        "spec.nodeName}",
        f"{BOX}.env[4].valueFrom.fieldRef.fieldPath",
        "status.podIP",
    ),
    (
        "no such ConfigMap",
        "configMapRef: {name: shop}",
        "configMapRef: {name: shap}",
        f"{BOX}.envFrom[0].configMapRef.name",
        "shop? Accepted",
    ),
    (
        "no such Secret",
        "secretKeyRef: {name: db, key: password}",
        "secretKeyRef: {name: d, key: password}",
        f"{BOX}.env[1].valueFrom.secretKeyRef.name",
        "there is no Secret of this name",
    ),
    (
        "no such key",
        "key: password}",
        "key: pasword}",
        f"{BOX}.env[1].valueFrom.secretKeyRef.key",
        "password? Accepted",
    ),
    ("no handler", "httpGet: {path: /started, port: http}\n", "\n", f"{BOX}.startupProbe", "none of these is given"),
    (
        "two handlers",
        "httpGet: {path: /started, port: http}",
        "httpGet: {path: /started, port: http}\n            exec: {command: [a]}",
        f"{BOX}.startupProbe",
        "2 of these are given",
    ),
    ("no such port", "port: http}", "port: htpp}", f"{BOX}.startupProbe.httpGet.port", "http? Accepted: http"),
    ("a port too high", "port: 8000\n", "port: 80000\n", f"{BOX}.livenessProbe.httpGet.port", "1 to 65535"),
    (
        "a scheme",
        "path: live",
        "path: live\n              scheme: HTTPS",
        f"{BOX}.livenessProbe.httpGet.scheme",
        "plain HTTP",
    ),
    (
        "a host",
        "path: live",
        "path: live\n              host: a",
        f"{BOX}.livenessProbe.httpGet.host",
        "not supported here",
    ),
    (
        "a period below nothing",
        "periodSeconds: 1",
        "periodSeconds: -1",
        f"{BOX}.startupProbe.periodSeconds",
        "from 0 to",
    ),
    (
        "a success threshold",
        "periodSeconds: 1",
        "successThreshold: 2",
        f"{BOX}.startupProbe.successThreshold",
        "passes at once",
    ),
    (
        "a grace of readiness",
        "successThreshold: 2",
        "terminationGracePeriodSeconds: 2",
        f"{BOX}.readinessProbe.terminationGracePeriodSeconds",
        "no effect in a readinessProbe",
    ),
    (
        "an empty exec",
        'command: ["python", "-m", "shop.probe", "/ready"]',
        "command: []",
        f"{BOX}.readinessProbe.exec.command",
        "list is empty",
    ),
    (
        "a long sleep",
        "sleep: {seconds: 5}",
        "sleep: {seconds: 21}",
        f"{BOX}.lifecycle.preStop.sleep.seconds",
        "killed before that",
    ),
    (
        "two hooks",
        "sleep: {seconds: 5}",
        "sleep: {seconds: 5}\n              exec: {command: [a]}",
        f"{BOX}.lifecycle.preStop",
        "2 of these",
    ),
    ("a bad quantity", "memory: 64Mi", "memory: 64MB", f"{BOX}.resources.requests.memory", "250m, 1.5 or 128Mi"),
    ("thousandths of a byte", "memory: 128Mi", "memory: 128m", f"{BOX}.resources.limits.memory", "m means thousandths"),
    (
        "a greedy request",
        "memory: 64Mi",
        "memory: 1Gi",
        f"{BOX}.resources.requests.memory",
        "more is requested|at most 128Mi",
    ),
    (
        "no such volume",
        "{name: scratch, mount",
        "{name: scrtch, mount",
        f"{BOX}.volumeMounts[2].name",
        "scratch? Accepted",
    ),
    ("two at a place", "mountPath: /etc/shop", "mountPath: /code", f"{BOX}.volumeMounts[1].mountPath", "given twice"),
    (
        "another volume",
        "emptyDir: {medium: Memory, sizeLimit: 16Mi}",
        "hostPath: {path: /}",
        f"{POD}.volumes[2].hostPath",
        "not supported here",
    ),
    ("a medium", "medium: Memory", "medium: Disk", f"{POD}.volumes[2].emptyDir.medium", "not known"),
    (
        "an item's key",
        "key: app.toml",
        "key: app.tml",
        f"{POD}.volumes[1].configMap.items[0].key",
        "app.toml? Accepted",
    ),
    (
        "a Service of nobody",
        "selector: {app: shop}",
        "selector: {app: shopp}",
        "spec.selector",
        "no pod has these labels|app: shop",
    ),
    ("a Service without selector", "selector: {app: shop}", "selector: {}", "spec.selector", "no pod has these labels"),
    (
        "a target port's name",
        "targetPort: http",
        "targetPort: web",
        "spec.ports[0].targetPort",
        "no port of this name|http",
    ),
    ("an external name", "type: NodePort", "type: ExternalName", "spec.type", "has no pods here"),
    ("a node port of nobody", "type: NodePort", "type: ClusterIP", "spec.ports[0].nodePort", "type: NodePort"),
    ("a node port too low", "nodePort: 30080", "nodePort: 80", "spec.ports[0].nodePort", "30000 to 32767"),
    (
        "a port that is not there",
        "value: http://payments",
        "value: http://payments:8000",
        f"{BOX}.env[3]",
        "at a port that it does not have|one of 80",
    ),
    ("no base64", "user: c2hvcA==", "user: c2hvc", "data.user", "not a text in base64|stringData"),
    ("no such random key", "capsize/random: password", "capsize/random: pasword", RANDOM, "password? Accepted"),
    ("a bad key", "LOG_LEVEL: info", "LOG LEVEL: info", 'data["LOG LEVEL"]', "letters, digits"),
    (
        "two namespaces",
        "name: shop\n  labels",
        "name: shop\n  namespace: b\n  labels",
        "metadata.namespace",
        "one namespace",
    ),
]
FILES = [
    ("empty", "", 1, "nothing here runs"),
    ("no workload", SHOP.partition("---")[0], 1, "a Deployment or a Job"),
    ("a word", "hello", 1, "must be a mapping"),
    ("no kind", "apiVersion: v1\n", 1, "kind is missing"),
    ("a key twice", "kind: Secret\nkind: Secret\n", 2, "given twice"),
    ("an object twice", f"{WHOLE}---\n{SHOP}", 178, "this Secret is given twice|kubernetes.yaml:1 has it"),
    (
        "a Service of two",
        WHOLE.replace("app: payments}", "app: shop}"),
        111,
        "matches two: Deployment shop and Deployment",
    ),
    (
        "two of one name",
        WHOLE.replace("name: migrate}\n    spec", "name: db}\n    spec"),
        163,
        "a Deployment and a Job of one name",
    ),
    ("a Job's policy", WHOLE.replace("restartPolicy: Never", "restartPolicy: Always"), 168, "Never or OnFailure"),
    (
        "two databases",
        WHOLE.replace("{name: db}\n    spec:\n      sel", "{name: db}\n    spec:\n      replicas: 2\n      sel"),
        146,
        "0 or 1",
    ),
    ("bad YAML", "kind: [\n", 2, "not YAML"),
]


def _refusal(folder: Path, text: str) -> StackFileError:
    (folder / "kubernetes.yaml").write_text(text)
    with pytest.raises(StackFileError) as caught:
        read(folder / "kubernetes.yaml", {"CODE": "/lab"})
    return caught.value


def _says(error: StackFileError, words: str) -> bool:
    said = " ".join(str(error).split())
    return all(part in said for part in words.split("|"))


@pytest.mark.parametrize(("old", "new", "key", "words"), [pytest.param(*row[1:], id=row[0]) for row in CHANGES])
def test_read_refuses_a_change(tmp_path: Path, old: str, new: str, key: str, words: str):
    """A manifest with one mistake is refused at its line and its path, in words that say what to write instead."""
    assert SHOP.count(old) >= 1
    error = _refusal(tmp_path, WHOLE.replace(old, new, 1))
    before = WHOLE[: WHOLE.index(old)].count("\n") + 1
    assert error.key == key, str(error)
    assert _says(error, words), str(error)
    assert before - 12 <= error.place.line <= before + 60, str(error)


@pytest.mark.parametrize(("text", "line", "words"), [pytest.param(*row[1:], id=row[0]) for row in FILES])
def test_read_refuses_a_file(tmp_path: Path, text: str, line: int, words: str):
    """What is not a stack of manifests is refused at its line."""
    error = _refusal(tmp_path, text)
    assert _says(error, words), str(error)
    assert error.place.line == line, str(error)


@pytest.mark.parametrize(
    "value", ["hunter2: [hunter2]", "{k: 2102}", "{'hunter 2': a}", '{k: "hunter2\\0"}', "{k: 2.024e3}", "[hunter2]"]
)
@pytest.mark.parametrize("field", ["data", "stringData"])
def test_secrets_are_not_quoted(tmp_path: Path, value: str, field: str):
    """Whatever is wrong with a Secret, its values are not in the message."""
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
    error = _refusal(tmp_path, f"{head}{field}:\n  {value}\n---\n{WHOLE}")
    assert not any(word in str(error).replace("hunter 2", "") for word in ("2102", "hunter2\\", "[hunter2]", "2.024"))


def test_a_refusal_says_where_what_and_what_else(tmp_path: Path):
    """The message has the place, the path, what would be accepted and what was got."""
    error = _refusal(tmp_path, WHOLE.replace("port: http}", "port: htpp}"))
    assert str(error).splitlines() == [
        f"{tmp_path / 'kubernetes.yaml'}:72: {BOX}.startupProbe.httpGet.port: the container has no port of this name",
        "  expected: http? Accepted: http",
        '  got: "htpp"',
    ]
