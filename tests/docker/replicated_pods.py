"""A Deployment of two pods: each with a container that prepares, a sidecar, and a shop that both help."""

from __future__ import annotations

from pathlib import Path

from plain_stacks import CALLS, SERVE

from capsize.stack.kubernetes import read
from capsize.stack.model import Stack

APP = f"""{CALLS}
begun = Path(os.environ["SHARED"], "begun")
with begun.open("a") as words:
    print(os.environ["I"], file=words)


@app.get("/")
async def me():
    return {{"I": os.environ["I"], "pod": os.environ["HOSTNAME"], "begun": begun.read_text().split()}}
"""
PREPARE = """
import os
from pathlib import Path

with Path(os.environ["SHARED"], "begun").open("a") as words:
    print("prepare", file=words)
"""
POD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      terminationGracePeriodSeconds: 20
      initContainers:
        - <<: &part
            image: capsize-shop
            command: [python, -m, serve, "app:app"]
            volumeMounts: [{name: code, mountPath: /code}, {name: shared, mountPath: /shared}]
          name: prepare
          command: [python, prepare.py]
          env: [{name: SHARED, value: /shared}]
        - <<: *part
          name: proxy
          restartPolicy: Always
          startupProbe: {httpGet: {path: /, port: 9000}, periodSeconds: 1, failureThreshold: 100}
          env:
            - {name: I, value: proxy}
            - {name: PORT, value: "9000"}
            - {name: MATE_URL, value: "http://localhost:8000/"}
            - {name: SHARED, value: /shared}
      containers:
        - <<: *part
          name: shop
          env:
            - {name: I, value: shop}
            - {name: PORT, value: "8000"}
            - {name: MATE_URL, value: "http://127.0.0.1:9000/"}
            - {name: SHARED, value: /shared}
          resources: {limits: {cpu: 500m, memory: 128Mi}}
          readinessProbe: {httpGet: {path: /, port: 8000}, periodSeconds: 1, failureThreshold: 1}
      volumes:
        - {name: code, configMap: {name: code}}
        - {name: shared, emptyDir: {medium: Memory}}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  type: NodePort
  selector: {app: shop}
  ports: [{name: http, port: 80, targetPort: 8000}, {name: proxy, port: 90, targetPort: 9000}]
"""


def replicated(folder: Path) -> Stack:
    """Write the manifest and its code into a folder, and read it."""
    (folder / "code").mkdir()
    for name, text in (("app.py", APP), ("prepare.py", PREPARE), ("serve.py", SERVE)):
        (folder / "code" / name).write_text(text)
    (folder / "kubernetes.yaml").write_text(POD)
    return read(folder / "kubernetes.yaml", {"CODE": str(folder / "code")}, time_scale=0.2)
