"""The process that serves the shop: how it starts, answers its probe, crashes and leaves."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import httpx
import pytest
from running_shop import ROOT, SLUG, dsn, python, start

from capsize.runtime.ports import Ports

SERVE = ("-m", "shop.serve", "shop.monolith.app:app")


@pytest.fixture
def port():
    """A free port of this machine."""
    ports = Ports()
    yield ports.reserve()
    ports.close()


def answers(port: int, path: str) -> bool:
    """Ask the probe, as a healthcheck does."""
    probe = python("-m", "shop.probe", path, cwd=ROOT, PORT=str(port))
    probe.communicate()
    return probe.returncode == 0


def await_answer(port: int) -> None:
    """Wait until the shop is ready; ten seconds at most."""
    deadline = time.monotonic() + 10
    while not answers(port, "/ready"):
        assert time.monotonic() < deadline, "the shop did not become ready"


def test_sigterm_is_a_clean_exit(stack, port):
    """A shop that is asked to leave exits with 0, its process pool and all, and says so on stdout."""
    shop = python(*SERVE, cwd=ROOT / "solutions" / SLUG, PORT=str(port), HOST="127.0.0.1", DATABASE_URL=dsn(stack))
    await_answer(port)
    httpx.get(f"http://127.0.0.1:{port}/reports/sales", timeout=20)
    shop.send_signal(signal.SIGTERM)
    words, _ = shop.communicate(timeout=10)
    assert (shop.returncode, "Traceback" in words) == (0, False), words


def test_probe_says_no_where_nobody_answers(port):
    """No answer is a no, in one exit code."""
    assert not answers(port, "/ready")


def test_probe_says_no_to_a_path_that_fails(stack):
    """An answer that is not a success is a no."""
    assert not answers(int(stack.url("shop").rpartition(":")[2]), "/no-such-path")


@pytest.mark.parametrize("mistake", ["def broken(:\n", "import no_such_module\n", "1 / 0\n"])
def test_mistake_at_import_names_its_line(tmp_path: Path, mistake: str):
    """A module that does not import is told of by file and line, and the exit code is 1."""
    for name in ("inventory", "orders", "reports"):
        (tmp_path / f"{name}.py").write_text("x = 1\n" + mistake * (name == "orders"))
    shop = python(*SERVE, cwd=tmp_path)
    words, _ = shop.communicate(timeout=20)
    assert (shop.returncode, 'orders.py", line 2' in words, "site-packages" in words) == (1, True, False), words


def test_crash_in_one_corner_takes_all_four_modules():
    """A gift card of an unknown series ends the process, for every customer, and the log names the line."""
    with start(ROOT / "solutions" / SLUG) as stack, httpx.Client(base_url=stack.url("shop")) as client:
        shop = stack.instance("shop-1")
        assert client.get("/items").status_code == 200
        answer = client.post("/gift-cards", json={"code": "XMAS-1"})
        assert answer.status_code == 503, "the wire speaks for a shop that is gone"
        deadline = time.monotonic() + 5
        while "gift_cards.py" not in shop.logs(200) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert "Segmentation fault" in shop.logs(200)


def test_locust_file_runs_by_itself(stack):
    """Plain Locust runs the lab's load file, and no request fails."""
    load = ("-m", "locust", "-f", f"labs/load/{SLUG}.py", "--headless", "-u", "5", "-r", "5", "-t", "1s")
    run = python(*load, "--host", stack.url("shop"), "--exit-code-on-error", "1", cwd=ROOT)
    words, _ = run.communicate(timeout=30)
    assert run.returncode == 0, words
