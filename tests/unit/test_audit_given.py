"""What the audit is given: requests in words, a Procfile, .env, a list of dependencies."""

from __future__ import annotations

import pytest

from capsize.audit import dependency_list, given
from capsize.audit.deploy import in_shell, is_plain
from capsize.audit.hindrance import Hindrance
from capsize.audit.request_line import RequestLine
from capsize.errors import CapsizeError


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("/cart", RequestLine("GET", "/cart")),
        ("POST /cart?sku=lamp", RequestLine("POST", "/cart?sku=lamp")),
        ('PUT /cart {"sku": "a lamp"}', RequestLine("PUT", "/cart", '{"sku": "a lamp"}')),
    ],
)
def test_request_is_read_as_it_is_written(words, expected):
    """A method, a path, a body: the method is GET where none is named."""
    assert RequestLine.read(words, "--read") == expected


def test_body_says_what_it_is():
    """A body that looks like JSON is sent as JSON, any other as a form."""
    kinds = [RequestLine("POST", "/", body).headers.get("Content-Type") for body in ('{"a": 1}', "a=1", "")]
    assert kinds == ["application/json", "application/x-www-form-urlencoded", None]


def test_what_is_no_request_is_refused_by_its_option():
    """The error names the option and shows a request."""
    with pytest.raises(CapsizeError, match="--slow is not a request"):
        RequestLine.read("report", "--slow")


def test_gap_in_a_path_is_filled_from_an_answer():
    """A name in braces is a field of the answer to the request that wrote; what is not there stays."""
    asked = RequestLine("GET", "/orders/{id}/{part}")
    assert asked.filled('{"id": 7}').path == "/orders/7/{part}"
    assert asked.filled("no JSON") == asked


def test_app_is_read_from_its_procfile_and_its_env(tmp_path):
    """Process types, the release command, an admin command, and the configuration, over which the caller's goes."""
    (tmp_path / "Procfile").write_text("# types\nweb: run --port $PORT\nrelease: prepare\nmigrate: move on\n")
    (tmp_path / ".env").write_text("KEY=a\nNAME='b c'\n")
    app = given.read(tmp_path, slow="/report", env={"KEY": "mine"})
    assert (app.start, app.release, app.admin) == ("run --port $PORT", "prepare", "move on")
    assert (app.config, app.slow, app.write) == ({"KEY": "mine", "NAME": "b c"}, RequestLine("GET", "/report"), None)


def test_app_without_a_start_is_refused(tmp_path):
    """Nothing says how it starts: the error says what to type."""
    with pytest.raises(CapsizeError) as refusal:
        given.read(tmp_path)
    assert "--start" in (refusal.value.next or "")


@pytest.mark.parametrize(
    ("command", "is_one"),
    [("gunicorn app:app", True), ("A=1 python app.py", True), ("migrate && run", False), ("run > log", False)],
)
def test_plain_command_takes_the_shells_place(command, is_one, tmp_path):
    """A signal reaches a plain command itself; what needs the shell keeps it."""
    assert is_plain(command) is is_one
    assert ("; exec " in in_shell(command, tmp_path)[2]) is is_one


def test_variable_before_a_command_is_kept(tmp_path):
    """``A=1 run`` is still one command, with a variable."""
    assert in_shell("A=1 run", tmp_path)[2].endswith("exec env A=1 run")


@pytest.mark.parametrize(
    ("files", "start", "expected"),
    [
        ({"requirements.txt": "flask\n"}, "flask run", ("python", "requirements.txt", ("-r", "requirements.txt"))),
        (
            {"pyproject.toml": '[project]\nname = "a"\ndependencies = ["flask>=3"]\n'},
            "python app.py",
            ("python", "pyproject.toml", ("flask>=3",)),
        ),
        ({"app.py": ""}, "python app.py", ("python", "", ())),
        ({"package.json": '{"dependencies": {"express": "5"}}'}, "npm start", ("node", "package.json", ("express",))),
        ({"server.js": ""}, "node server.js", ("node", "", ())),
    ],
)
def test_dependencies_are_read_where_they_are_declared(files, start, expected, tmp_path):
    """requirements.txt, a project's table or package.json; nothing declared is an empty list."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = dependency_list.read(tmp_path, start)
    assert (found.language, found.file, found.requirements) == expected


@pytest.mark.parametrize(
    ("name", "text", "start"),
    [
        ("Pipfile", "[packages]\n", "python app.py"),
        ("pyproject.toml", "[tool.poetry]\n", "python app.py"),
        ("pyproject.toml", "[project\n", "python app.py"),
        ("package.json", "{", "node server.js"),
        ("main.go", "", "./server"),
    ],
)
def test_list_that_is_not_read_could_not_be_judged(name, text, start, tmp_path):
    """A list of another kind is neither a pass nor a failure."""
    (tmp_path / name).write_text(text)
    with pytest.raises(Hindrance):
        dependency_list.read(tmp_path, start)
