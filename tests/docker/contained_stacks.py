"""The stacks that run in both places, and what tests ask of them."""

from __future__ import annotations

from pathlib import Path

import httpx
from kubernetes_stacks import deployment, probe
from plain_stacks import APP, SERVE, service

from capsize.session.running import RunningStack
from capsize.stack.model import Hook, Port, Probe, Restart, Service, Stack, TargetGroupSpec

READY = """
print(os.environ["HOSTNAME"], "begins", flush=True)


@app.get("/ready")
async def ready():
    return {}
"""
LISTENS = "import os, socket\n\nsocket.create_connection(('127.0.0.1', int(os.environ['PORT'])), 1)\n"
OUTSIDE_PROBE = Probe("exec", command=("python", "-m", "shop.probe", "/ready"), period=0.5, timeout=5)
COMMAND_PROBE = Probe("exec", command=("python", "listens.py"), period=5, timeout=5)
ACCOUNT = {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "secret", "POSTGRES_DB": "shop"}


def shop_of(folder: Path) -> Stack:
    """Describe a front that is asked from outside, two backs that are asked by a command, a database and a broker."""
    file, code = written(folder)
    back = {"replicas": 2, "restart": Restart("always"), "readiness": COMMAND_PROBE}
    front = {"environment": {"BACK_URL": "http://back:8000"}, "ports": (Port(8000),), "readiness": OUTSIDE_PROBE}
    made = {"front": service("front", file, code, **front), "back": service("back", file, code, **back)}
    place = made["front"].place
    made["db"] = Service("db", place, image="postgres:18", environment=ACCOUNT, ports=(Port(5432),))
    broker = {"image": "nats:2", "command": ("-js",), "ports": (Port(4222),), "restart": Restart("always")}
    made["nats"] = Service("nats", place, **broker)
    return Stack("shop", file, made)


def deployed(folder: Path, *ports: Port) -> Stack:
    """Describe a Deployment of two with probes and a hook, and with these doors beside its plain one."""
    file, code = written(folder)
    rules = deployment(
        replicas=2,
        ports=(Port(8000), *ports),
        readiness=probe("ready", period=0.2),
        liveness=probe("ready", period=0.2, failure_threshold=300),
        pre_stop=Hook("exec", command=("sleep", "0.2")),
        stop_grace_period=20.0,
    )
    return Stack("deployed", file, {"front": service("front", file, code, **rules)})


def balanced(folder: Path) -> Stack:
    """Describe the same behind a load balancer that checks it."""
    rules = {"interval": 0.5, "timeout": 0.4, "deregistration_delay": 0.0}
    return deployed(folder, Port(8000, group=TargetGroupSpec("balancer", "/ready", **rules)))


def written(folder: Path) -> tuple[Path, Path]:
    """Write the services' code; return the stack's file and the code's folder."""
    code = folder / "code"
    code.mkdir()
    (code / "app.py").write_text(APP + READY)
    (code / "listens.py").write_text(LISTENS)
    (code / "serve.py").write_text(SERVE)
    return folder / "compose.yaml", code


def statuses(stack: RunningStack, times: int, **options: float) -> list[int]:
    """Ask the front so many times."""
    with httpx.Client(**{"timeout": 10, **options}) as client:
        return [client.get(stack.url("front")).status_code for _ in range(times)]


def answering(stack: RunningStack, times: int = 8, door: str = "front") -> set[str]:
    """Say which instances answer."""
    with httpx.Client(timeout=10) as client:
        return {client.get(stack.url(door)).json()["I"] for _ in range(times)}


def told(stack: RunningStack, who: str, since: int) -> list[str]:
    """List what the timeline tells of somebody after its first ``since`` events."""
    return [event.what for event in list(stack.timeline.events)[since:] if event.who == who]


def happened(stack: RunningStack) -> int:
    """Count the events so far."""
    return len(stack.timeline.events)
