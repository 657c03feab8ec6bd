"""A Python service is held to its mounts as a container is: what is read-only there is read-only here."""

from __future__ import annotations

import httpx
import pytest
from plain_stacks import APP

from capsize.runtime.host.processes.host import NOTES
from capsize.session import running
from capsize.stack.model import Port, Volume

WRITES = f"""{APP}

@app.get("/write/{{how}}")
async def write(how: str):
    ways = {{
        "here": lambda: Path("note").write_text("x"),
        "beside": lambda: Path(__file__).with_name("note").touch(),
        "folder": lambda: Path("notes").mkdir(),
        "rename": lambda: Path("app.py").rename("old.py"),
        "remove": lambda: Path("app.py").unlink(),
        "database": lambda: __import__("sqlite3").connect("note"),
        "elsewhere": lambda: __import__("shutil").rmtree(Path.home() / "kept"),
        "home": lambda: Path.home().joinpath("note").write_text("x"),
    }}
    (Path.home() / "kept").mkdir(exist_ok=True)
    (Path.home() / "kept" / "app.py").touch()
    try:
        ways[how]()
    except OSError as error:
        return str(error)
    return "written"
"""


@pytest.fixture
def asks(describe, code, run_dir):
    """Start a service whose code is mounted as it is said; return a function that asks it to write."""
    (code / "app.py").write_text(WRITES)

    def start(**mount):
        volumes = (Volume("bind", str(code), "/code", **mount),)
        return running.start(describe(front={"ports": (Port(8000),), "volumes": volumes}), endpoint_lag=0.1)

    return start


def written(stack, how):
    with httpx.Client(timeout=5, trust_env=False) as client:
        return client.get(f"{stack.url('front')}/write/{how}").json()


def test_a_read_only_mount_refuses_each_kind_of_write(asks, code):
    """A file, a folder, a rename, a removal and a database fail with the error that a container gives."""
    before = {file.name for file in code.iterdir()}
    with asks(read_only=True) as stack:
        told = {how: written(stack, how) for how in ("here", "beside", "folder", "rename", "remove", "database")}
        assert written(stack, "home") == "written"
        assert written(stack, "elsewhere") == "written"  # its files are named from an open folder: app.py, and not ours
    assert [how for how, words in told.items() if not words.startswith("[Errno 30] Read-only file system: ")] == []
    assert {file.name for file in code.iterdir()} == before


@pytest.mark.parametrize("mount", [{}, {"read_only": True, "is_layer": True}], ids=["as it is", "copied into an image"])
def test_what_a_container_may_write_to_a_service_may(asks, code, mount):
    """A mount that is not read-only and the layer of a container take what is written."""
    with asks(**mount) as stack:
        assert written(stack, "here") == "written"
        assert not list(stack.folder.glob(f"*{NOTES}"))
    assert (code / "note").exists()
