"""The process that serves gRPC: how it says that it serves, and how it leaves."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import grpc
import pytest
from running_shop import python

from capsize.runtime.ports import Ports

SERVER = """
import asyncio
import grpc

async def slow(request, context):
    await asyncio.sleep(1)
    return b"done"

def add_to(server):
    methods = {"Slow": grpc.unary_unary_rpc_method_handler(slow)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Slow", methods),))
"""


@pytest.fixture
def port():
    """A free port of this machine."""
    ports = Ports()
    yield ports.reserve()
    ports.close()


def serve(tmp_path: Path, port: int):
    """Start a service that takes a second for each call, and wait until its probe says yes."""
    (tmp_path / "slow.py").write_text(SERVER)
    server = python("-m", "shop.serve_grpc", "slow:add_to", cwd=tmp_path, PORT=str(port), HOST="127.0.0.1")
    deadline = time.monotonic() + 20
    while probe(tmp_path, port) != 0:
        assert time.monotonic() < deadline, "the service did not become ready"
    return server


def probe(tmp_path: Path, port: int) -> int:
    """Ask as a healthcheck does."""
    asked = python("-m", "shop.grpc_probe", cwd=tmp_path, PORT=str(port))
    asked.communicate()
    return asked.returncode


def test_probe_says_no_where_nothing_listens(tmp_path, port):
    """No answer is a no, in one exit code."""
    assert probe(tmp_path, port) == 1


def test_sigterm_finishes_what_is_under_way(tmp_path, port):
    """A call that is under way at SIGTERM has its answer, and the process exits with 0."""
    server, answers = serve(tmp_path, port), []

    def call():
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            answers.append(channel.unary_unary("/test.Slow/Slow")(b"", timeout=10, wait_for_ready=True))

    caller = threading.Thread(target=call)
    caller.start()
    time.sleep(0.5)
    server.send_signal(signal.SIGTERM)
    caller.join()
    words, _ = server.communicate(timeout=10)
    assert (answers, server.returncode) == ([b"done"], 0), words
