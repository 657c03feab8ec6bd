"""What a load refuses before it starts anything."""

from __future__ import annotations

import pytest

from capsize.errors import CapsizeError
from capsize.load.driver.address import is_loopback
from capsize.load.order import Order

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "01_monolith.py"
    path.write_text("")
    return path


@pytest.mark.parametrize("url", [HERE, "http://localhost:80", "https://127.8.9.1:1/base", "http://127.0.0.1"])
def test_this_machine_is_accepted(url):
    """The loopback network and localhost may be loaded."""
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/",
        "http://10.0.0.1:8000",
        "http://0.0.0.0:8000",
        "http://[::1]:8000",
        "http://127.1:8000",
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
        "http://127.0.0.1:99999",
        "http://[",
        "",
    ],
)
def test_anywhere_else_is_refused(file, url):
    """Another host, or an address that cannot be read, is refused by name."""
    with pytest.raises(CapsizeError, match="this machine only"):
        Order(file, url, 1, 1.0)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("users", 0),
        ("users", 2001),
        ("users", 1.5),
        ("users", True),
        ("users", "ten"),
        ("seconds", 0),
        ("seconds", 601),
        ("seconds", float("nan")),
        ("seconds", None),
        ("rate", 0),
        ("rate", -1),
        ("rate", float("inf")),
        ("ramp", -1),
        ("ramp", 6),
    ],
)
def test_settings_out_of_range_are_refused_by_name(file, setting, value):
    """A wrong setting is refused with its name, what is accepted and what was given."""
    with pytest.raises(CapsizeError) as refusal:
        Order(file, HERE, **{"users": 10, "seconds": 5, setting: value})
    assert setting in str(refusal.value)
    assert repr(value) in str(refusal.value)


def test_missing_file_is_named(tmp_path):
    """A lab without a Locust file says which file is missing."""
    with pytest.raises(CapsizeError, match=r"99_none\.py"):
        Order(tmp_path / "99_none.py", HERE, 1, 1.0)
