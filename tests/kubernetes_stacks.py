"""Deployments as the tests of Kubernetes' rules start them: an app that is told by files what to answer."""

from __future__ import annotations

import time
from pathlib import Path

from capsize.session.running import RunningStack
from capsize.stack.model import Probe, Restart, Rollout

PATIENT = 20.0  # seconds within which a busy machine gets round to what must happen
APP = """
import asyncio, os, time
from pathlib import Path
from fastapi import FastAPI, Response

app, me = FastAPI(), os.environ["HOSTNAME"]
Path(f"{me}.begun").write_text(str(time.monotonic()))


@app.get("/{path}")
async def answer(path: str, slowly: float = 0):
    with open(f"{me}.asked", "a") as log:
        print(path, time.monotonic(), file=log)
    if any(Path(f"{name}.{path}.sick").exists() for name in (me, "all")):
        return Response("sick", 503)
    await asyncio.sleep(slowly)
    return {"I": me}


@app.get("/")
async def root():
    return {"I": me}
"""
STUBBORN = """
import os, signal, socket, time

signal.signal(signal.SIGTERM, lambda *_: print("heard SIGTERM", flush=True))
with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))):
    while True:
        time.sleep(0.05)
"""
EXIT = "import sys\n\nsys.exit(int(sys.argv[1]))\n"
WAIT = "import sys, time\n\ntime.sleep(float(sys.argv[1]))\n"
QUICK = Restart("always", first_backoff=0.2, longest_backoff=0.4, forgiven_after=30)


def deployment(**own: object) -> dict:
    """Describe what a Deployment differs by from a plain service."""
    return {"rollout": Rollout(), "restart": QUICK, "stop_grace_period": 5.0, **own}


def probe(path: str, **own: object) -> Probe:
    """Describe a quick HTTP probe with a timeout that a busy machine keeps."""
    return Probe(**{"kind": "http", "path": f"/{path}", "period": 0.1, "timeout": 5.0, **own})


def told(stack: RunningStack, who: str) -> list[str]:
    """List what the timeline tells of somebody, in order."""
    return [event.what for event in list(stack.timeline.events) if event.who == who]


def moment(stack: RunningStack, who: str, what: str) -> float:
    """Return when the timeline first tells this of somebody."""
    return next(event.at for event in list(stack.timeline.events) if (event.who, event.what) == (who, what))


def lapse(stack: RunningStack, who: str, first: str, then: str) -> float:
    """Return the seconds from one thing that the timeline tells of somebody to another."""
    return moment(stack, who, then) - moment(stack, who, first)


def asked(code: Path, who: str, path: str) -> list[float]:
    """List the moments at which an instance was asked for a path, in seconds after its app had begun."""
    file = code / f"{who}.asked"
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return [float(at) for what, at in lines if what == path]


def begin_to_delete(stack: RunningStack, name: str) -> None:
    """Ask a pod to end, and do not wait until it has."""

    async def ask(supervisor) -> None:
        supervisor.delete(next(one for one in supervisor.view.all_instances if one.name == name), "by the test")

    stack.call(ask, stack.supervisor)


def rest(seconds: float) -> None:
    """Let time pass in which something must not happen."""
    time.sleep(seconds)
