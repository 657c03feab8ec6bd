"""Serve an app on $HOST:$PORT (factor VII), or at $SOCKET: ``python -m shop.serve shop.monolith.app:app``.

Imports little at the top: a process pool of the app's starts by importing this module once more.
"""

from __future__ import annotations

import faulthandler
import importlib
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

log = logging.getLogger("shop.serve")


def main(arguments: list[str]) -> int:
    """Serve the app that ``module:name`` names until SIGTERM or SIGINT; return the exit code."""
    from shop.core.logging_setup import own_traceback, to_stdout

    to_stdout()
    faulthandler.enable()  # a crash in native code still says on which Python line
    faulthandler.register(signal.SIGUSR1)  # tells where an endless loop turns
    signal.signal(signal.SIGTERM, _leave)
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        app = find(arguments[0])
    except Exception as reason:
        log.error("%s does not import\n%s", arguments[0], own_traceback(reason))
        return 1
    return _run(app)


def find(target: str) -> Any:
    """Return what ``module:name`` names; without a name, its app."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name or "app")


def _run(app: Any) -> int:
    import uvicorn

    from shop.core.graceful_shutdown import LeavingServer

    state = getattr(app, "state", None)
    host, port = os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8000"))
    if names := os.environ.get("CARRY"):
        from shop.core.trace_headers import Carries

        app = Carries(app, names.split(","))
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        uds=os.environ.get("SOCKET"),  # where it is set, there is no port
        access_log=False,
        loop=getattr(state, "loop", "auto"),  # uvloop's, where the app asks for no other
        log_config=None,  # ours is set up; uvicorn's would write to stderr
        headers=[("X-Copy", os.environ.get("HOSTNAME", ""))],  # which copy answered
        timeout_keep_alive=75,  # whoever is in front of us should be the one to end an idle connection
        timeout_graceful_shutdown=5,
    )
    copy = getattr(state, "copy", None)  # an app with a farewell of its own brings one
    server = LeavingServer(config, copy) if copy else uvicorn.Server(config)
    server.run()
    return 0 if server.started else 3


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Exit at once and cleanly. While uvicorn serves it handles the signal itself, drains, and then raises it again."""
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
