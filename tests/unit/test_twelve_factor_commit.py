"""What lab 02's team pushes, and wheels of what is installed: an environment is made of them without a network."""

from __future__ import annotations

import os
import zipfile

import pytest

from shop.twelve_factor.platform import entries
from workbench.labs.twelve_factor_commit import gives_away, push
from workbench.labs.twelve_factor_wheels import VARIABLES, wheels


@pytest.mark.parametrize(
    "line",
    [
        'SECRET_KEY = "whale-oil-and-tallow-1843"',
        'os.environ.get("SECRET_KEY", "whale-oil-and-tallow-1843")',
        '# before: PASSWORD = "tide-and-time"',
        "DATABASE_URL=postgresql://shop:tide@db.harbour.example/shop",
    ],
)
def test_line_that_gives_a_secret_away_is_found(line):
    """A value beside the name of a secret, and a password in a URL, whatever kind of file they are in."""
    assert gives_away(line)


@pytest.mark.parametrize(
    "line",
    [
        'SECRET_KEY = os.environ["SECRET_KEY"]',
        'sys.exit("SECRET_KEY is not set")',
        'number = secrets.token_hex(8), "INSERT INTO orders"',
        'url = "sqlite:///chandlery.db"',
        "postgresql://{user}:{password}@{host}",
    ],
)
def test_line_that_names_a_secret_alone_is_not(line):
    """The name of a variable is no secret, nor is a sentence about it."""
    assert not gives_away(line)


def test_push_holds_back_files_with_a_secret(tmp_path):
    """The file is named with its line, and the others are there."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "settings.py").write_text('import os\nSECRET = "whale-oil-1843"\n')
    (tmp_path / "app" / "app.py").write_text("import settings\n")
    assert push(tmp_path / "app", tmp_path / "pushed") == ["settings.py:2"]
    assert [file.name for file in (tmp_path / "pushed").iterdir()] == ["app.py"]


def test_wheels_are_found_for_a_while():
    """uv and pip are led to wheels that have a module and its metadata; afterwards nothing of it is left."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    with wheels() as folder:
        assert {os.environ[name] for name in VARIABLES} == {str(folder)}
        (wheel,) = folder.glob("uvicorn-*-py3-none-any.whl")
        names = zipfile.ZipFile(wheel).namelist()
        assert "uvicorn/main.py" in names
        assert not [name for name in names if ".." in name or "__pycache__" in name]
    assert not folder.exists()
    assert {name: os.environ.get(name) for name in VARIABLES} == before


def test_procfile_names_processes(tmp_path):
    """A line is a process, and a comment is not."""
    (tmp_path / "Procfile").write_text("# a comment: none\nweb: python serve.py\n")
    assert entries(tmp_path / "Procfile") == {"web": "python serve.py"}
    assert entries(tmp_path / "none") == {}
