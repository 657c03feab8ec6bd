"""A soak: stacks whose parts are killed at drawn instants, and what is left of them.

``pytest tests/local/runtime/test_soak.py --rounds 100`` plays a hundred rounds; ``--seed`` repeats one draw.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from plain_stacks import APP, SERVE, leftovers

CLEAN_WITHIN = 10.0  # seconds from the owner's end; a busy machine takes some of them
SHOWS_UP_WITHIN = 30.0  # seconds
POOL = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
pool.submit(abs, -1)
"""
GATEWAY = """
admin: {address: {socket_address: {address: 0.0.0.0, port_value: 9901}}}
static_resources:
  listeners:
    - name: door
      address: {socket_address: {address: 0.0.0.0, port_value: 8000}}
      filter_chains:
        - filters:
            - name: envoy.filters.network.tcp_proxy
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                stat_prefix: door
                cluster: back
  clusters:
    - name: back
      type: STRICT_DNS
      load_assignment:
        cluster_name: back
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: back, port_value: 8000}}}}]}]
"""
OWNER = """
import sys, time
from pathlib import Path
from capsize.session import running
from capsize.stack.model import Location, Port, Service, Stack, Volume

folder = Path(sys.argv[1])
at = Location(folder / "compose.yaml", 1)
back = Service("back", at, command=("python", "-m", "serve", "app:app"), environment={"PORT": "8000"},
               volumes=(Volume("bind", str(folder / "code"), "/code"),))
db = Service("db", at, image="postgres:18", environment={"POSTGRES_PASSWORD": "x"}, ports=(Port(5432),))
gateway = Service("gateway", at, image="envoyproxy/envoy:v1.40.0", command=("envoy", "-c", "/etc/envoy/envoy.yaml"),
                  environment={"BACK_URL": "http://back:8000"}, ports=(Port(8000),),
                  volumes=(Volume("bind", str(folder / "envoy.yaml"), "/etc/envoy/envoy.yaml"),))
stack = running.start(Stack("soaked", at.file, {"back": back, "db": db, "gateway": gateway}))
print("up", flush=True)
time.sleep(600)
"""
NEXT = "from capsize.runtime.host.processes.nursery import Nursery; Nursery().let_go()"
Words = list[str]
WHO: dict[str, Callable[[Words], bool]] = {
    "nursery": lambda words: words[-2].endswith("spawner.py") and words[0] == sys.executable,
    "envoy": lambda words: any(word.endswith("bootstrap.json") for word in words),
    "gateway": lambda words: "--admin-address-path" in words,
    "database": lambda words: words[0].endswith("/postgres") and "--single" not in words,
    "copy": lambda words: words[0] == "cp",
    "validator": lambda words: "validate" in words,
    "initdb": lambda words: words[0].endswith("/initdb"),
}
VICTIMS = ("owner", *WHO)
BRIEF = ("copy", "validator", "initdb")  # they live so shortly that one waits for them
MADE_ANEW = ("initdb",)  # what happens where no template is in the cache


@dataclass
class Tally:
    """What was killed how often, and what was left: processes, folders, ports, segments, semaphores."""

    killed: dict[str, int] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        words = [f"{victim} {count} times" for victim, count in sorted(self.killed.items())]
        missed = [f"{victim} {count} times" for victim, count in sorted(self.missed.items())]
        return f"killed: {', '.join(words)}; not met: {', '.join(missed) or 'none'}; left: {self.left or 'nothing'}"


@dataclass
class Round:
    """One stack in a folder of its own, one victim, and an end for what is still there."""

    folder: Path
    victim: str
    draw: random.Random
    ports: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def play(self) -> bool:
        """Start the stack, strike at a drawn instant, and end the owner; say whether the victim was met."""
        words = self.folder / "owner.log"
        with words.open("w") as log:
            owner = subprocess.Popen(
                [sys.executable, "-c", OWNER, str(self.folder)], stdout=log, stderr=log, env=self._environment()
            )
        try:
            is_met = self._strike(owner)
            time.sleep(self.draw.uniform(0, 0.3))  # the instant is what is drawn
            self._look(owner.pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                owner.send_signal(self.draw.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
            if owner.wait(30) == -signal.SIGKILL and self.victim == "nursery":
                self._start_the_next()
        return is_met

    def _start_the_next(self) -> None:
        """Have the next nursery of this user come and go: nobody else removes the folder when both were killed."""
        subprocess.run([sys.executable, "-c", NEXT], env=self._environment(), check=True, timeout=60)

    def _environment(self) -> dict[str, str]:
        own = {"CAPSIZE_RUN_DIR": self.folder / "run", "TMPDIR": self.folder / "tmp"}
        cache = {"XDG_CACHE_HOME": self.folder / "cache"} if self.victim in MADE_ANEW else {}
        return {**os.environ, **{name: str(path) for name, path in (own | cache).items()}}

    def _strike(self, owner: subprocess.Popen[bytes]) -> bool:
        instant = time.monotonic() + (0 if self.victim in BRIEF else self.draw.uniform(0, 3))
        deadline = time.monotonic() + SHOWS_UP_WITHIN
        while time.monotonic() < deadline and owner.poll() is None:
            if time.monotonic() >= instant and (pid := self._find(owner.pid)):
                self._look(owner.pid)
                if self.victim in BRIEF:
                    time.sleep(self.draw.uniform(0, 0.02))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                return True
            if self.victim in BRIEF and "up" in (self.folder / "owner.log").read_text():
                return False
            time.sleep(0.002)
        return False

    def _find(self, owner: int) -> int | None:
        if self.victim == "owner":
            return owner
        nurseries = [pid for pid in children(owner) if WHO["nursery"](command(pid))]
        if self.victim == "nursery":
            return nurseries[0] if nurseries else None
        found = (pid for nursery in nurseries for pid in children(nursery) if WHO[self.victim](command(pid)))
        return next(found, None)

    def _look(self, owner: int) -> None:
        """Note the ports on which the stack listens, and how its run folder is called."""
        with contextlib.suppress(psutil.Error):
            pids = {one.pid for one in psutil.Process(owner).children(recursive=True)}
            found = psutil.net_connections("tcp")
            self.ports |= {one.laddr.port for one in found if one.status == psutil.CONN_LISTEN and one.pid in pids}
        self.names |= {path.name for path in (self.folder / "run").iterdir()}

    def left(self, segments: set[int]) -> list[str]:
        """List what is left of it."""
        listening = {one.laddr.port for one in psutil.net_connections("tcp") if one.status == psutil.CONN_LISTEN}
        semaphores = [path for name in self.names for path in Path("/dev/shm").glob(f"sem.{name}-*")]
        return [
            *leftovers(self.folder / "run"),
            *map(str, (self.folder / "tmp").iterdir()),
            *(f"port {port}" for port in sorted(self.ports & listening)),
            *(f"segment {number}" for number in sorted(orphaned_segments() - segments)),
            *map(str, semaphores),
        ]


def command(pid: int) -> Words:
    """Return a process's words; two empty ones for a process that has fewer, or is gone."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")[:-1]
        return words if len(words) > 1 else ["", ""]
    return ["", ""]


def children(pid: int) -> list[int]:
    """List the children of a process by all of its threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (thread / "children").read_text().split())
    return found


def orphaned_segments() -> set[int]:
    """List the segments of System V shared memory that nobody is attached to."""
    rows = (line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:])
    return {int(row[1]) for row in rows if row[6] == "0"}


@contextlib.contextmanager
def a_folder() -> Iterator[Path]:
    """Make the folder of one round; PostgreSQL's own user must get through to it."""
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir="/tmp"))
    try:
        folder.chmod(0o711)
        for name in ("run", "tmp", "code"):
            (folder / name).mkdir(mode=0o711)
        (folder / "code" / "app.py").write_text(POOL + APP)
        (folder / "code" / "serve.py").write_text(SERVE)
        (folder / "envoy.yaml").write_text(GATEWAY)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def soak(rounds: int, seed: int) -> Tally:
    """Play so many rounds; each victim has its turn."""
    tally = Tally()
    for number in range(rounds):
        draw, segments = random.Random(f"{seed}/{number}"), orphaned_segments()
        victim = VICTIMS[(seed + number) % len(VICTIMS)]
        with a_folder() as folder:
            played = Round(folder, victim, draw)
            counts = tally.killed if played.play() else tally.missed
            counts[victim] = counts.get(victim, 0) + 1
            deadline = time.monotonic() + CLEAN_WITHIN
            while (left := played.left(segments)) and time.monotonic() < deadline:
                time.sleep(0.05)
            tally.left += [f"round {number} of seed {seed}, {victim} killed: {what}" for what in left]
    return tally
