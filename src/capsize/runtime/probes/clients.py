"""Asking an instance the question of its probe: by HTTP, by TCP, by gRPC, or by a command run beside it.

Source of the rules: Kubernetes, "Configure Liveness, Readiness and Startup Probes" (an HTTP status from 200 to 399
passes, a connection that opens passes, a command that exits with 0 passes).
"""

from __future__ import annotations

import http.client
import signal
from dataclasses import dataclass, replace
from pathlib import Path

import anyio

from capsize.runtime.plan import Beside
from capsize.runtime.ports import LOOPBACK
from capsize.runtime.probes import grpc as grpc_health
from capsize.stack.model import Probe

PEEK = 0.1  # seconds
OWN_PROBE = ("python", "-m", "shop.probe")


@dataclass(frozen=True)
class ProbeResult:
    """Whether a probe passed, and its words."""

    passed: bool
    why: str


@dataclass(frozen=True)
class ProbeTarget:
    """What a probe needs to know of the instance it asks. ``beside`` runs a command, whose words ``log`` takes."""

    port: int
    beside: Beside
    log: Path
    is_contained: bool = False  # its port is published by a proxy, and a command costs more than a question


async def ask(probe: Probe, at: ProbeTarget) -> ProbeResult:
    """Ask once, within the probe's own timeout."""
    probe = from_outside(probe) if at.is_contained else probe
    try:
        with anyio.fail_after(probe.timeout):
            return await ASK[probe.kind](probe, at)
    except TimeoutError:
        return ProbeResult(False, f"no answer within {probe.timeout:g} s")
    except OSError as error:
        return ProbeResult(False, str(error.__cause__ or error))
    except (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError):
        return ProbeResult(False, "the connection was closed without an answer")
    except (ValueError, IndexError):
        return ProbeResult(False, "the answer is not one of the probe's protocol")


def from_outside(probe: Probe) -> Probe:
    """Ask what the shop's own probe would ask from here, and spare a container a process each time."""
    if probe.kind != "exec" or probe.command[:3] != OWN_PROBE:
        return probe
    return replace(probe, kind="http", path=probe.command[3] if len(probe.command) > 3 else "/ready")


async def _tcp(probe: Probe, at: ProbeTarget) -> ProbeResult:
    async with await anyio.connect_tcp(LOOPBACK, at.port) as stream:
        if at.is_contained:
            with anyio.move_on_after(PEEK):
                await stream.receive(1)  # a proxy hangs up at once where nobody listens behind it
        return ProbeResult(True, "accepts connections")


async def _http(probe: Probe, at: ProbeTarget) -> ProbeResult:
    async with await anyio.connect_tcp(LOOPBACK, at.port) as stream:
        lines = "".join(f"{name}: {value}\r\n" for name, value in _headers(probe))
        await stream.send(f"GET {probe.path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
        status = int((await stream.receive(64)).split(b" ", 2)[1])
    words = f"{probe.path} answers {status} {http.client.responses.get(status, '')}".rstrip()
    return ProbeResult(200 <= status < 400, words)


def _headers(probe: Probe) -> list[tuple[str, str]]:
    """The kubelet's own headers, where the probe does not set them itself; an empty value takes one away."""
    own = {name.lower() for name, _ in probe.headers}
    usual = {"Host": LOOPBACK, "User-Agent": "kube-probe/1.34", "Accept": "*/*"}
    return [
        *((name, value) for name, value in usual.items() if name.lower() not in own),
        *(h for h in probe.headers if h[1]),
    ]


async def _grpc(probe: Probe, at: ProbeTarget) -> ProbeResult:
    async with await anyio.connect_tcp(LOOPBACK, at.port) as stream:
        status = await grpc_health.check(stream, probe.grpc_service, f"{LOOPBACK}:{at.port}")
    return ProbeResult(status == "SERVING", status)


async def _exec(probe: Probe, at: ProbeTarget) -> ProbeResult:
    at.log.unlink(missing_ok=True)
    child = await at.beside(probe.command, at.log, probe.timeout)
    try:
        code = await child.wait()
    finally:
        child.signal(signal.SIGKILL, group=True)
    words = at.log.read_text(errors="replace", encoding="utf-8").strip().splitlines() if at.log.exists() else []
    return ProbeResult(code == 0, words[-1] if words else f"exit code {code}")


ASK = {"tcp": _tcp, "http": _http, "exec": _exec, "grpc": _grpc}
