"""What must happen before anything else in the child: gevent's patch, the leash to the parent, a stdout of our own.

Two things that cost Locust 0.7 s of its start are left out: gevent's search of every installed package for plug-ins
(25 times over), and the web UI with Flask.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from types import ModuleType

import gevent.events
from gevent import monkey

gevent.events.notify_and_call_entry_points = gevent.events.notify
monkey.patch_all()

web = ModuleType("locust.web")
web.WebUI = None  # type: ignore[attr-defined]
sys.modules["locust.web"] = web

# What a locust file prints goes to stderr; only messages go to the parent.
WIRE = os.dup(1)
os.dup2(2, 1)

# The parent asks a driver that no longer answers for the line that it is at.
faulthandler.register(signal.SIGUSR1, all_threads=False)


def follow_parent() -> None:
    """End this process when the parent's end of stdin closes, however the parent ended."""
    while os.read(0, 4096):
        pass
    os._exit(1)


# A thread of the system's, not gevent's: an endless loop in a locust file must not keep it from running.
monkey.get_original("_thread", "start_new_thread")(follow_parent, ())
