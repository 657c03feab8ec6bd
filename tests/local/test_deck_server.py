"""The server of a deck: what it hands out, what it does not, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from capsize.slides.server import address, deck_server

DECK = "---\ntitle: Trial\nminutes: 1\n---\n# One\n<!-- minutes: 1 -->\n\nNote:\nSaid.\n"
ASSETS = Path(__file__).parents[2] / "src" / "capsize" / "slides"
PATIENCE = 10.0
HOMEPAGES = {"github.com", "hakim.se", "revealjs.com"}
SERVE = (
    "from pathlib import Path; from capsize.slides import serve; serve('01_trial', root=Path('.'), open_browser=False)"
)


@pytest.fixture
def course(tmp_path) -> Path:
    """Make a course whose only room is a deck; beside it lies a file that is nobody's business."""
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides" / "01_trial.md").write_text(DECK)
    (tmp_path / "secret.svg").write_text("<svg/>")
    return tmp_path


@pytest.fixture
def client(course) -> Iterator[httpx.Client]:
    """Serve the deck and ask for what a test wants."""
    with deck_server(course / "slides" / "01_trial.md", course) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with httpx.Client(base_url=address(server)) as client:
            yield client
        server.shutdown()


def test_server_listens_on_this_machine_only(client):
    """The deck is at 127.0.0.1 and nowhere else."""
    assert client.base_url.host == "127.0.0.1"


@pytest.mark.parametrize("path", ["/", "/assets/theme.css"])
def test_answer_forbids_to_ask_anybody_else(client, path):
    """Every answer carries a policy that lets the page load from its own server alone."""
    policy = client.get(path).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


@pytest.mark.parametrize(
    "path",
    ["/../secret.svg", "/%2e%2e/secret.svg", "/assets/server.py", "/01_trial.md", "/drawings/", "/assets/../deck.py"],
)
def test_server_hands_out_nothing_but_assets_and_drawings(client, path):
    """What is neither an asset nor a drawing below slides/ is not there."""
    assert client.get(path).status_code == 404


def test_reload_shows_what_the_file_says_now(client, course):
    """A change in the deck is one reload away."""
    file = course / "slides" / "01_trial.md"
    file.write_text(DECK.replace("# One", "# Another one"))
    assert "Another one" in client.get("/").text


def test_reload_of_a_broken_deck_shows_the_error(client, course):
    """A deck that is broken while it is shown answers with the error and its line."""
    (course / "slides" / "01_trial.md").write_text(DECK.replace("Note:", ""))
    answer = client.get("/")
    assert (answer.status_code, "01_trial.md:5: this slide lacks" in answer.text) == (500, True)


def test_assets_name_no_address_that_a_page_could_fetch():
    """The only addresses in what a deck loads are the projects' own pages, in comments and messages."""
    texts = [file.read_text() for file in ASSETS.rglob("*") if file.suffix in (".mjs", ".css", ".html")]
    assert {host for text in texts for host in re.findall(r"https?://([\w.-]+)", text)} <= HOMEPAGES


def test_ctrl_c_ends_the_server_cleanly(course):
    """Serving says where, and Ctrl-C ends it with exit code 0 and no traceback."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=course,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert "Trial: 1 slides, 1 minutes" in process.stdout.readline()
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert (process.wait(PATIENCE), process.stderr.read()) == (0, "")
