"""What is done to the wires of a running stack, with a line on the timeline for each, and what they counted."""

from __future__ import annotations

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.control.view import View
from capsize.runtime.wires.proxy import EdgeSetting
from capsize.runtime.wires.stats import Stats
from capsize.stack.model import Edge

FRESH = 0.2  # seconds for which a reading of the wires serves everybody
DONE = {"none": "healed", "delay": "slowed", "fail": "failing", "lose": "losing answers", "cut": "cut"}


class Edges:
    """The edges of one stack. ``stats`` is the last reading of what they counted."""

    def __init__(self, view: View) -> None:
        self.view, self.stats = view, Stats()
        self._read_at = float("-inf")

    async def set(self, edge: Edge, setting: EdgeSetting) -> None:
        """Do this to an edge, and undo what was done to it before; return when it acts."""
        share = f"{setting.percent:g} %"
        why = {"delay": f"{setting.ms} ms, {share}", "fail": f"{setting.status}, {share}", "lose": share}
        self.view.timeline.tell(edge.name, DONE[setting.kind], why.get(setting.kind, ""))
        await self.view.wires.set(edge, setting)

    async def stick(self, edge: Edge, sticky: bool) -> None:
        """Balance an HTTP edge by cookie or in turns. Raise CapsizeError for TCP, which has no cookies."""
        if edge.protocol == "tcp":
            raise CapsizeError(f"the edge {edge.name} carries TCP, which has no cookies", expected="an HTTP edge")
        self.view.timeline.tell(edge.name, "sticky" if sticky else "in turns")
        await self.view.wires.stick(edge, sticky=sticky)

    async def read(self) -> None:
        """Read what the wires counted, unless somebody did so just now."""
        now = anyio.current_time()
        if now - self._read_at >= FRESH:
            self._read_at = now
            self.stats.read(await self.view.wires.stats(), self.view.wires.envoy.starts)
