"""A real server and a Locust file for each test of a load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import psutil
import pytest

HERE = Path(__file__).parent


class Target:
    """The server: its address, and a way to stop the world in it."""

    def __init__(self, process):
        self.process = psutil.Process(process.pid)
        self.host = f"http://127.0.0.1:{int(process.stdout.readline())}"

    def paused(self, start, end):
        """Make a callback for on_bucket that stops the server between two seconds of the run."""

        def on_bucket(bucket):
            if bucket.elapsed == start:
                self.process.suspend()
            if bucket.elapsed == end:
                self.process.resume()

        return on_bucket


@pytest.fixture(scope="session")
def target():
    """Start one server for all tests; stop it at the end."""
    server = subprocess.Popen([sys.executable, str(HERE / "load_target.py")], stdout=subprocess.PIPE, text=True)
    with server:
        started = Target(server)
        yield started
        started.process.resume()
        server.terminate()


@pytest.fixture
def shop(tmp_path):
    """Write a Locust file: ``shop("self.client.get('/')")`` gives a customer with that one task."""

    def write(task="self.client.get('/')", before="", user="FastHttpUser"):
        path = tmp_path / "shop.py"
        path.write_text(
            "from locust import FastHttpUser, HttpUser, User, task\nimport os, time\n"
            + dedent(before)
            + f"\nclass Customer({user}):\n    @task\n    def buy(self):\n"
            + indent(dedent(task).strip(), " " * 8)
            + "\n"
        )
        return path

    return write
