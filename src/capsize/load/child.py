"""The Locust process: started, listened to, asked to stop, and never left behind.

It has a session of its own, so that a Ctrl-C meant for the kernel does not hit it too; it ends by itself when our end
of its stdin closes, so that it does not outlive us either.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Self

from capsize.errors import CapsizeError
from capsize.load.order import Order
from capsize.stack.model import Location

Message = dict[str, Any]

# Appended, so that no name in this folder hides one of a package's; ``first`` patches before Locust is imported.
BOOT = "import sys; sys.path.append(sys.argv[1]); import driver.first; from driver.main import main; main()"
FIRST_WORD, SILENCE, FAREWELL = 30.0, 10.0, 3.0
LAST_LINES = 12


class LoadProcess:
    """One driver process. ``deliver`` gets each message in a thread of its own, and None after the last."""

    def __init__(self, order: Order, deliver: Callable[[Message | None], object]) -> None:
        self.order, self.deliver = order, deliver
        self.stderr: deque[str] = deque(maxlen=200)
        self.heard, self.patience = time.monotonic(), FIRST_WORD

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", BOOT, str(Path(__file__).parent), self.order.words()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            cwd=self.order.locustfile.resolve().parent,
            start_new_session=True,
        )
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._collect, self._listen)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        for thread in self.threads:
            thread.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()

    def stop(self) -> None:
        """Ask for an early end: what was measured still comes, and if nothing comes the process is killed."""
        self.patience, self.heard = FAREWELL, time.monotonic()
        if self.process.poll() is None:
            self.process.terminate()

    def check(self, stopping: bool) -> None:
        """Raise if the driver has said nothing for too long; kill it if it was asked to stop."""
        if time.monotonic() - self.heard < self.patience or self.process.poll() is not None:
            return
        if stopping:
            self._kill()
            return
        self.process.send_signal(signal.SIGUSR1)  # it prints where it is
        time.sleep(0.2)
        raise self.failed(f"the load driver said nothing for {self.patience:g} s: something in the file blocks it")

    def failed(self, what: str) -> CapsizeError:
        """Make an error of what the driver printed last; the place is the file's own line where one is named."""
        again = f"look at {self.order.locustfile.name}, then run the load again"
        return CapsizeError(what, place=self._place(), evidence=list(self.stderr)[-LAST_LINES:], next=again)

    def crashed(self) -> CapsizeError:
        """Make an error of an end that the driver did not announce."""
        code = self.process.wait()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return self.failed(f"the load driver ended {how} before the run was over")

    def _listen(self) -> None:
        for line in _lines(self.process.stdout):
            self.heard = time.monotonic()
            message = json.loads(line)
            self.patience = min(self.patience, SILENCE)
            self.deliver(message)
        self.process.wait()
        self.threads[0].join()
        self.deliver(None)

    def _collect(self) -> None:
        for line in _lines(self.process.stderr):
            self.stderr.append(line.decode(errors="replace").rstrip())

    def _kill(self) -> None:
        # the whole session: a locust file may have started something
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.process.kill()
        self.process.wait()

    def _place(self) -> Location | None:
        file = self.order.locustfile.resolve()
        found = re.findall(rf'File "{re.escape(str(file))}", line (\d+)', "\n".join(self.stderr))
        return Location(file, int(found[0])) if found else None


def _lines(pipe: IO[bytes] | None) -> Iterator[bytes]:
    return iter(pipe.readline, b"") if pipe else iter(())


def _environment() -> dict[str, str]:
    # Packages may be compiled (uncompiled, Locust's import takes three times as long), and loopback needs no proxy.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "NO_PROXY": "*", "no_proxy": "*"}
