"""What the reader makes of a pod with several containers: a service each, in their order and with their parts."""

from __future__ import annotations

from pathlib import Path

import pytest
from the_manifests import POD

from capsize.stack.kubernetes import StackFileError, read
from capsize.stack.model import Restart, Stack

JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: report}
spec:
  backoffLimit: 2
  template:
    spec:
      restartPolicy: OnFailure
      initContainers:
        - {name: agent, image: capsize-shop, command: [agent], restartPolicy: Always}
        - {name: prepare, image: capsize-shop, command: [prepare]}
      containers: [{name: report, image: capsize-shop, command: [report]}]
"""


def described(folder: Path, text: str = POD) -> Stack:
    (folder / "kubernetes.yaml").write_text(text)
    return read(folder / "kubernetes.yaml")


def test_a_container_is_a_service_with_its_part(tmp_path):
    """The first container bears the Deployment's name; an init container that restarts always is a sidecar."""
    stack = described(tmp_path)
    assert {name: stack.services[name].part for name in stack.pod("kiosk-metrics")} == {
        "kiosk": "main",
        "kiosk-proxy": "sidecar",
        "kiosk-migrate": "init",
        "kiosk-metrics": "main",
    }
    assert {stack.services[name].stop_grace_period for name in stack.pod("kiosk")} == {20.0}


def test_a_services_port_leads_to_the_container_that_listens(tmp_path):
    """By its PORT or its containerPort; inside of the pod there is no wire."""
    edges = [(edge.name, edge.port) for edge in described(tmp_path).edges]
    assert edges == [
        ("outside>kiosk", 8000),
        ("outside>kiosk-proxy", 9000),
        ("outside>kiosk-metrics", 9090),
        ("caller>kiosk-proxy", 9000),
    ]


def test_who_prepares_is_run_until_it_has_succeeded(tmp_path):
    """Under a Deployment's restartPolicy Always an init container uses OnFailure, and a sidecar restarts always."""
    services = described(tmp_path).services
    assert services["kiosk-migrate"].restart == Restart("on-failure", None, 10.0, 300.0, 600.0)
    assert services["kiosk-proxy"].restart == services["kiosk"].restart == Restart("always", None, 10.0, 300.0, 600.0)
    assert [services[name].runs_once for name in ("kiosk", "kiosk-proxy", "kiosk-migrate")] == [False, False, True]


def test_a_job_has_sidecars_that_it_outlives(tmp_path):
    """A Job's own containers run once, with its attempts; its sidecar restarts always."""
    services = described(tmp_path, JOB).services
    assert {name: (each.part, each.runs_once, each.restart.attempts) for name, each in services.items()} == {
        "report": ("main", True, 2),
        "report-agent": ("sidecar", False, None),
        "report-prepare": ("init", True, 2),
    }


def test_an_empty_dir_may_be_in_memory(tmp_path):
    """medium: Memory is meant for no disk, and all who mount it have the same folder."""
    services = described(tmp_path).services
    assert services["kiosk"].volumes == services["kiosk-migrate"].volumes
    assert (services["kiosk"].volumes[0].kind, services["kiosk"].volumes[0].in_memory) == ("own", True)


def test_a_container_is_not_called_as_another_workload_is(tmp_path):
    """Here a container is a service, and two of one name would be one."""
    with pytest.raises(StackFileError, match="a container of kiosk is called kiosk-proxy here"):
        described(tmp_path, POD.replace("name: caller}", "name: kiosk-proxy}"))
