"""Plain services as the runtime's tests start them, and the questions that the tests ask of a stack."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from capsize.session.running import RunningStack
from capsize.stack.model import Location, Service, Stack, Volume

CALLS = """
import os
from pathlib import Path

import httpx
from fastapi import FastAPI, Request, Response

app = FastAPI()
client = httpx.AsyncClient()


@app.get("/through/{name}")
async def through(name: str):
    try:
        return (await client.get(os.environ[name])).json()
    except (httpx.HTTPError, ValueError):  # an error that is raised would cost the next caller the connection
        return Response(f"{name} gave no answer", 500)
"""
APP = f"""{CALLS}

@app.get("/")
async def root():
    return await through("BACK_URL") if "BACK_URL" in os.environ else {{"I": os.environ["HOSTNAME"]}}


@app.post("/")
async def swallow(request: Request):
    return {{"bytes": len(await request.body())}}
"""
AGENT = """
import os, time
from pathlib import Path

assert "PORT" not in os.environ
token = Path(os.environ["SECRETS"], "token")
token.with_suffix(".new").write_text("of the agent")
token.with_suffix(".new").rename(token)
while True:
    time.sleep(1)
"""
SECRET = """
@app.get("/secret")
async def secret():
    return {"secret": Path(os.environ["SECRETS"], "token").read_text()}
"""
SERVE = """
import os, sys, uvicorn

if __name__ == "__main__":
    uvicorn.run(sys.argv[1], host=os.environ["HOST"], port=int(os.environ["PORT"]), log_level="warning")
"""
COMMAND = ("python", "-m", "serve", "app:app")
HOLDER = """
import sys, time
from pathlib import Path
from capsize.session import running
from capsize.stack.model import Location, Service, Stack, Volume

folder = Path(sys.argv[1])
file = folder.parent / "compose.yaml"
code = (Volume("bind", str(folder), "/code"),)
command = ("python", "-m", "serve", "app:app")
services = {n: Service(n, Location(file, 1), command=command, environment={"PORT": "8000"}, volumes=code) for n in "ab"}
print("begin", flush=True)
stack = running.start(Stack("held", file, services))
print("up", flush=True)
time.sleep(60)
"""

Describe = Callable[..., Stack]


def service(name: str, file: Path, code: Path, **own: object) -> Service:
    environment = {"PORT": "8000", **own.pop("environment", {})}
    own = {"command": COMMAND, "volumes": (Volume("bind", str(code), "/code"),), **own}
    return Service(name, Location(file, 1), environment=environment, **own)


def get(stack: RunningStack, **options: float) -> httpx.Response:
    """Ask the front once."""
    with httpx.Client(timeout=5) as client:
        return client.get(stack.url("front"), **options)


def eventually(claim: Callable[[], bool], within: float = 5.0) -> bool:
    """Await a claim; return whether it came true within so many seconds."""
    deadline = time.monotonic() + within
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def leftovers(run_dir: Path) -> list[str]:
    """List the processes and folders that belong to run folders in ``run_dir``."""
    found = [str(path) for path in run_dir.iterdir()]
    for process in psutil.process_iter():
        try:
            command, is_gone = process.cmdline(), process.status() == psutil.STATUS_ZOMBIE
            words = [*command, process.environ().get("HOME", "")]
        except psutil.Error:
            continue
        if not is_gone and any(str(run_dir) in word for word in words):
            found.append(f"{process.pid} {command}")
    return found
