"""The one Envoy of the wires as a process: started, asked, and started again with what it had been told."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx

from capsize.errors import CapsizeError
from capsize.runtime.child import Child
from capsize.runtime.host.protocol import EnvoyLauncher
from capsize.runtime.tracebacks import tail
from capsize.runtime.wires.restart import Restarted

FLAGS = ("--disable-hot-restart", "--concurrency", "1", "-l", "warning", "--drain-time-s", "0")
BACK_WITHIN = 30.0  # seconds that whoever changes a wire waits for an Envoy that is away


class EnvoyProcess(Restarted):
    """Envoy with its files in ``folder``; ``bootstrap`` makes what it starts with, anew for each start."""

    def __init__(
        self, launcher: EnvoyLauncher, folder: Path, flags: tuple[str, ...], bootstrap: Callable[[], Mapping[str, Any]]
    ) -> None:
        super().__init__()
        self.launcher, self.folder, self.bootstrap = launcher, folder, bootstrap
        self.flags = (*FLAGS, *flags)
        self.log = folder / "envoy.log"

    async def launch(self) -> Child:
        file = self.folder / "bootstrap.json"
        file.write_text(json.dumps(self.bootstrap()), encoding="utf-8")
        return await self.launcher.start(("-c", str(file), *self.flags), self.log)

    async def serves(self) -> None:
        with anyio.move_on_after(self.launcher.patience):
            while self.child.code is None:
                with contextlib.suppress(httpx.HTTPError):
                    if (await self.launcher.client.get("/ready")).status_code == 200:
                        return
                await anyio.sleep(self.launcher.glance)
            raise self._refusal("ended")
        await self.child.hit(signal.SIGKILL)
        raise self._refusal("did not answer")

    def _refusal(self, what: str) -> CapsizeError:
        return CapsizeError(
            f"Envoy, which carries the wires, {what}", evidence=tail(self.log, 5), next="capsize doctor"
        )

    async def ask(self, method: str, path: str, query: Mapping[str, str]) -> Any:
        """Return what its administration answers. Raise CapsizeError where it is away."""
        try:
            answer = await self.launcher.client.request(method, path, params=query)
            return answer.raise_for_status()
        except httpx.HTTPError as error:
            raise self._away(str(error)) from error

    async def back(self) -> None:
        """Wait until it serves. Raise CapsizeError if it stays away."""
        with anyio.move_on_after(BACK_WITHIN):
            await self.up.wait()
            return
        raise self._away(f"it has been away for {BACK_WITHIN:g} s")

    def _away(self, got: str) -> CapsizeError:
        words = "does not answer" if self.up.is_set() else "is being started again"
        return CapsizeError(
            f"the wires are away: Envoy, which carries them, {words}",
            got=", ".join(filter(None, (self.why, got))),
            evidence=tail(self.log, 3),
            next="try again in a moment; capsize ps says when they are back",
        )
