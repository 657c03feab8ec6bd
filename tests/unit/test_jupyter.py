"""The launcher's decisions: which notebook, whether a browser, and whose settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from capsize import jupyter
from capsize.errors import CapsizeError

FIRST = Path("labs/01_boat.ipynb")


@pytest.fixture
def root(tmp_path) -> Path:
    for room in ("labs", "starter"):
        (tmp_path / room).mkdir()
    for slug in ("01_boat", "02_raft"):
        (tmp_path / "labs" / f"{slug}.ipynb").write_text('{"cells": []}')
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"BROWSER": "lynx"}, "linux", True),
        ({}, "darwin", True),
    ],
)
def test_browser_is_tried_where_one_can_show(environment, platform, expected):
    """A machine without a desktop gets the address and no attempt."""
    assert jupyter.can_show_browser(environment, platform) is expected


@pytest.mark.parametrize(
    ("lab", "address"),
    [(None, "/course"), *((lab, "/lab/tree/work/02_raft.ipynb") for lab in ("2", "raft", "02_raft"))],
)
def test_lab_is_found_by_any_of_its_names(root, lab, address):
    """The start page opens, or the lab that is named: the learner's copy of its notebook."""
    assert jupyter.address_of(root, lab) == address


def test_every_notebook_is_copied(root):
    """One notebook leads to the next, so all of them are there."""
    jupyter.address_of(root, None)
    assert sorted(path.name for path in (root / "work").glob("*.ipynb")) == ["01_boat.ipynb", "02_raft.ipynb"]


def test_notebook_is_found_by_its_path(root, monkeypatch):
    """A path from where you are will do as well."""
    monkeypatch.chdir(root / "labs")
    assert jupyter.find_notebook(root, "02_raft.ipynb") == root / "labs" / "02_raft.ipynb"


def test_lab_without_a_notebook_is_refused(root):
    """What is not there is said, with the path."""
    (root / "starter" / "03_tub").mkdir()
    (root / "starter" / "03_tub" / "exercises.toml").touch()
    with pytest.raises(CapsizeError, match="this lab has no notebook"):
        jupyter.find_notebook(root, "3")


def test_course_without_labs_is_refused(tmp_path):
    """An empty course is an error of ours, not a traceback."""
    with pytest.raises(CapsizeError, match="no lab"):
        jupyter.address_of(tmp_path, None)


def test_root_is_allowed_only_to_root(root, monkeypatch):
    """JupyterLab's own refusal to run as root stays in force for everybody else."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    words = jupyter.options(root, "/course", token="t", browser=False)
    assert "--ServerApp.allow_root=False" in words


def test_settings_are_kept_away_from_yours(root, monkeypatch):
    """Every folder that Jupyter and IPython write to is below .jupyter/, which only you can read."""
    monkeypatch.delenv("CAPSIZE_JUPYTER", raising=False)
    own = jupyter.private_environment(root)
    assert {Path(own[name]).parent for name in jupyter.OWN_FOLDERS} == {root / ".jupyter"}
    assert (root / ".jupyter").stat().st_mode & 0o777 == 0o700


def test_terminal_finds_the_kit_first(root):
    """In a terminal of JupyterLab `capsize` is this environment's."""
    assert jupyter.private_environment(root)["PATH"].split(os.pathsep)[0] == str(Path(os.sys.executable).parent)
