"""What an audit found, as it is shown; and what it read off a tape, a folder and a configuration."""

from __future__ import annotations

import json

import pytest

from capsize.audit import auditing, releases, resources, tape
from capsize.audit.factors import BY_NUMERAL, FACTORS
from capsize.audit.judgement import Judgement
from capsize.audit.resources import Attachment
from capsize.audit.result import TwelveFactors
from capsize.errors import CapsizeError


def found(*verdicts: str) -> TwelveFactors:
    judgements = [
        Judgement(factor, verdict, "it listens | at <all>", "did", "control", ("a line",), ("a remark",))
        for factor, verdict in zip(FACTORS, verdicts, strict=False)
    ]
    return TwelveFactors("shop", "run --port $PORT", tuple(judgements), 1.23)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [(("holds", "holds"), 0), (("holds", "fails"), 1), (("fails", "unjudged"), 2), ((), 2)],
)
def test_exit_code_is_that_of_checks(verdicts, code):
    """0 all hold, 1 one fails, 2 one could not be judged, or there was none."""
    assert found(*verdicts).exit_code == code


def test_headline_counts_the_verdicts():
    """How many hold, fail, and could not be judged."""
    assert repr(found("holds", "fails", "fails", "unjudged")) == "shop: 1 hold, 2 fail, 1 could not be judged"


def test_json_has_each_factor_with_its_evidence():
    """A script gets the verdict, the reason and the evidence by name."""
    words = json.loads(json.dumps(found("holds", "fails").to_json()))
    assert words["exit_code"] == 1
    assert words["factors"][1]["factor"] == "II"
    assert words["factors"][1]["evidence"] == ["a line"]


def test_report_is_markdown_that_reads_well():
    """A table and a section for each factor; nothing that was seen breaks the table."""
    text = found("fails").markdown
    assert "| I Codebase | **fails** | it listens \\| at \\<all\\> |" in text
    assert "## I Codebase: fails" in text
    assert "https://12factor.net/codebase" in text


def test_notebook_shows_a_table_whose_rows_open():
    """HTML with the verdicts in words, and everything escaped."""
    html = found("unjudged")._repr_html_()
    assert "could not be judged" in html
    assert "at &lt;all&gt;" in html
    assert "<details>" in html


def test_judgement_is_found_by_its_numeral():
    """``found["II"]`` is the second factor."""
    assert found("holds", "fails")["II"].verdict == "fails"


def test_twelve_factors_are_in_their_order():
    """Numerals from I to XII."""
    assert [*BY_NUMERAL] == ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]


def test_unknown_numeral_is_refused(tmp_path):
    """``only`` takes numerals of the twelve."""
    with pytest.raises(CapsizeError, match="no such factor"):
        auditing.run_blocking(tmp_path, start="run", only=["XIII"])


def test_tape_tells_apart_who_asked(tmp_path):
    """Variables by the app's own files, those that are missing, and not those of a line that lists all."""
    lines = [
        {"saw": "process"},
        {"saw": "env", "name": "KEY", "there": False, "own": True, "at": "app.py:1"},
        {"saw": "env", "name": "TZ", "there": True, "own": False, "at": "lib.py:9"},
        *({"saw": "env", "name": f"N{n}", "there": True, "own": True, "at": "app.py:2"} for n in range(9)),
        {"saw": "sqlite", "path": ":memory:"},
        {"saw": "sqlite", "path": "/a/shop.db"},
    ]
    file = tmp_path / "tape"
    file.write_text("\n".join([*map(json.dumps, lines), '{"saw": "env", "na']))
    seen = tape.read(file)
    assert (seen.hears, seen.own_names, seen.missing_own, seen.databases) == (True, ["KEY"], ["KEY"], ("/a/shop.db",))


def test_no_tape_is_a_tape_that_hears_nothing(tmp_path):
    """A process that no recorder runs in leaves nothing to read."""
    assert not tape.read(tmp_path / "tape").hears


def test_resources_are_known_by_value_and_by_name():
    """A URL's scheme says what it names; where there is none, the variable's name does."""
    config = {"MAIN": "postgresql+asyncpg://u:p@db/x", "CACHE": "redis://cache:6379/0", "API": "https://example.org"}
    assert resources.by_value(config) == [
        Attachment("MAIN", "postgresql", "postgresql+asyncpg"),
        Attachment("CACHE", "redis", "redis"),
    ]
    kinds = {one.name: one.kind for one in resources.by_name(["DATABASE_URL", "REDIS_URL", "HOME_URL", "SHOP_DB_DSN"])}
    assert kinds == {"DATABASE_URL": "postgresql", "REDIS_URL": "redis", "SHOP_DB_DSN": "postgresql"}


def test_copy_leaves_out_history_and_environments(tmp_path):
    """What a release is made of: not .git, not an environment, not compiled code."""
    app = tmp_path / "app"
    for name in ("app.py", ".git/HEAD", ".venv/pyvenv.cfg", "__pycache__/app.pyc", "node_modules/x/index.js"):
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text("")
    laid = releases.lay(app, tmp_path / "copy")
    assert sorted(file.name for file in laid.iterdir()) == ["app.py", "node_modules"]
    assert (laid / "node_modules").is_symlink()


def test_changes_of_a_folder_are_what_is_new_other_or_gone(tmp_path):
    """Three kinds of change, each by its path."""
    for name in ("same", "other", "gone"):
        (tmp_path / name).write_text("1")
    before = releases.state(tmp_path)
    (tmp_path / "other").write_text("22")
    (tmp_path / "gone").unlink()
    (tmp_path / "new").write_text("")
    assert releases.changed(before, releases.state(tmp_path)) == ["gone", "new", "other"]
