"""What the terminal says and exits with when the kit itself fails."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from capsize import cli


@pytest.fixture
def fails(monkeypatch):
    """Let every command end in an exception; run one and return what it said."""

    def run(error, capsys):
        def app():
            raise error

        monkeypatch.setattr(cli, "app", app)
        with pytest.raises(SystemExit) as end:
            cli.main()
        return end.value.code, capsys.readouterr().err

    return run


@pytest.mark.parametrize("error", [KeyError("boat"), OSError(30, "Read-only file system", "x"), RecursionError("deep")])
def test_what_nobody_expected_is_not_a_refusal(fails, capsys, error, tmp_path, monkeypatch):
    """An exception of the kit exits 2, in a line, and the whole trace is in the file that it names."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, said = fails(error, capsys)
    (file,) = re.findall("the whole trace: (.+)", said)
    assert (code, type(error).__name__ in said, "Traceback" in said) == (2, True, False)
    assert "Traceback" in Path(file).read_text(encoding="utf-8")


def test_a_trace_that_cannot_be_kept_is_printed(fails, capsys, monkeypatch, tmp_path):
    """Where no file can be written, nothing of the trace is lost."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert "Traceback" in fails(KeyError("boat"), capsys)[1]


def test_the_version_is_told(capsys, monkeypatch):
    """capsize --version says which one is installed."""
    monkeypatch.setattr("sys.argv", ["capsize", "--version"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert (end.value.code, capsys.readouterr().out) == (0, f"capsize {metadata.version('capsize')}\n")
