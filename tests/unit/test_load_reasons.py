"""Why a request failed, and whose line a mistake is."""

from __future__ import annotations

import grpc
import pytest

from capsize.load.driver.reasons import broken, mistake, reason


class CatchResponseError(Exception):
    """Named as Locust's is."""


def bad_status(code):
    error = ConnectionError()
    error.code = code
    return error


class RpcError(Exception):
    """Has what an error of gRPC's has: a method that says its status."""

    def code(self):
        return grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.parametrize(
    ("exception", "words"),
    [
        (RpcError("after 2 s"), "DEADLINE_EXCEEDED"),
        (bad_status(503), "503 Service Unavailable"),
        (bad_status(599), "599"),
        (ConnectionRefusedError(111, "refused"), "ConnectionRefusedError"),
        (TimeoutError("10.01 s"), "TimeoutError"),
        (CatchResponseError("no lantern"), "no lantern"),
    ],
)
def test_reason_is_short_enough_to_group_by(exception, words):
    """A reason is a status with its phrase, the file's own words or a class, and never a number that varies."""
    assert reason(exception) == words


def test_mistake_names_the_line_of_the_file(tmp_path):
    """An exception is put down to the last line inside the Locust file, not inside a library."""
    file = tmp_path / "shop.py"
    file.write_text("import json\njson.loads('no')\n")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the place is the point
        exec(compile(file.read_text(), str(file), "exec"), {})
    assert mistake(caught.value, str(file)).startswith("shop.py:2: JSONDecodeError")


def test_syntax_error_names_its_line():
    """A file that cannot be read is described by its name and line."""
    with pytest.raises(SyntaxError) as caught:
        compile("x = 1\nif x\n", "shop.py", "exec")
    message = broken(caught.value, "shop.py")
    assert (message["file"], message["line"]) == ("shop.py", 2)
