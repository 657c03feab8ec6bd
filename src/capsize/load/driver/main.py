"""Run the users of a locust file for a while, and say what happened, one JSON line per message.

Takes its order from argv (see ``capsize.load.order``). The file's users, weights, tasks and events are Locust's own;
its wait_time is replaced by the run's pace, and its load shapes and stages are not used.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import gevent
import gevent.event
import locust
import requests
from geventhttpclient.useragent import CompatResponse
from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession
from locust.env import Environment
from locust.util.load_locustfile import load_locustfile

from .address import is_loopback
from .first import WIRE
from .meter import Meter
from .pace import Pace, Schedule
from .reasons import broken, mistake, reason

DRAIN, FAREWELL = 0.25, 0.3
MOST_MISTAKES = 20


def say(message: dict[str, Any]) -> None:
    """Write one message to the parent."""
    line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    while line:
        line = line[os.write(WIRE, line) :]


class Drive:
    """One run: the meter, the pace, and Locust's runner between them."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.file, self.seconds, self.users = order["locustfile"], order["seconds"], order["users"]
        self.meter = Meter(say)
        self.pace = Pace(Schedule(self.users, order["rate"], order["ramp"]), self.meter.clock, gevent.sleep)
        self.begun, self.stopped = gevent.event.Event(), gevent.event.Event()
        self.parting = False
        self.mistakes: Counter[str] = Counter()
        self.runner = self._runner(order["host"])

    def _runner(self, host: str) -> Any:
        classes, _shapes = load_locustfile(self.file)
        if not classes:
            raise ValueError("this file defines no user: write a class that extends FastHttpUser, with a @task")
        environment = Environment(user_classes=list(classes.values()), events=locust.events, host=host)
        for user_class in environment.user_classes:
            self._prepare(user_class)
        for session in (FastHttpSession, HttpSession):
            session.request = self._watched(session.request)
        runner = environment.create_local_runner()
        locust.events.request.add_listener(self._on_request)
        locust.events.user_error.add_listener(self._on_user_error)
        locust.events.init.fire(environment=environment, runner=runner, web_ui=None)
        return runner

    def _prepare(self, user_class: Any) -> None:
        on_start = user_class.on_start

        def wait_then_start(user: Any) -> None:
            self.begun.wait()
            is_new = self.pace.admit(self.meter.start, user, gevent.getcurrent())
            on_start(user)  # a task may call it again
            gevent.sleep(self.pace.wait(user) if is_new else 0)

        user_class.on_start = wait_then_start
        user_class.wait_time = lambda user: self.pace.wait(user)

    def _watched(self, request: Callable[..., Any]) -> Callable[..., Any]:
        def watched(session: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            if self.parting:
                return request(session, method, url, *args, **kwargs)
            if "://" in url and not is_loopback(url):
                raise ValueError(f"{url} is not on this machine; a load goes to 127.0.0.1 or localhost only")
            if self.meter.over:
                gevent.event.Event().wait()  # too late to be counted, so not sent; the end of the run wakes it
            self.pace.count(session.user, gevent.getcurrent())
            self.meter.departed()
            try:
                return request(session, method, url, *args, **kwargs)
            finally:
                self.meter.landed()

        return watched

    def _on_request(
        self, request_type: str, name: str, response_time: float, exception: Any = None, response: Any = None, **_: Any
    ) -> None:
        if self.parting:
            return
        if not isinstance(response, CompatResponse | requests.Response):
            self.pace.count(gevent.getcurrent())
            self.meter.flew(response_time / 1000)
        self.meter.answered(f"{request_type} {name}", response_time, reason(exception) if exception else None)

    def _on_user_error(self, user_instance: Any, exception: Exception, tb: Any) -> None:
        words = mistake(exception, self.file)
        if words in self.mistakes or len(self.mistakes) < MOST_MISTAKES:
            self.mistakes[words] += 1

    def run(self) -> None:
        """Start the users together, count until the time is up or nobody is left, and say so."""
        for number in (signal.SIGTERM, signal.SIGINT):
            gevent.signal_handler(number, self.stopped.set)
        self.runner.start(self.users, self.users)
        self.runner.spawning_greenlet.get()
        gc.collect()
        gc.freeze()
        self.meter.begin(self.seconds)
        self.begun.set()
        self._count()
        self.meter.end(dict(self.mistakes))
        self.parting = True
        gevent.with_timeout(FAREWELL, self.runner.quit, timeout_value=None)

    def _count(self) -> None:
        while not self.stopped.is_set() and not self.meter.over and self.runner.user_count:
            now = self.meter.clock()
            self.stopped.wait(max(0.001, min(self.meter.edge, self.meter.limit) - now))
            self.meter.tick()
        self.meter.close()
        deadline = self.meter.clock() + DRAIN
        while self.meter.flying and self.meter.clock() < deadline:
            gevent.sleep(DRAIN / 50)


def main() -> None:
    """Obey the order in argv; whatever goes wrong is said to the parent, with the file and line."""
    sys.dont_write_bytecode = True  # a file saved twice within a second would run in its first form
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for name in ("locust.user.task", "locust.user.users", "locust.runners"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # said once each, as mistakes, not once per request
    order = json.loads(sys.argv[2])
    try:
        Drive(order).run()
    except BaseException as error:
        say(broken(error, order["locustfile"]))
        os._exit(1)
    os._exit(0)
