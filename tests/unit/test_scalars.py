"""What a plain scalar is: as Docker Compose and kubectl read it, and not as PyYAML does."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.stack import command_line, compose
from capsize.stack.refusal import StackFileError
from capsize.stack.scalars import is_same_everywhere, resolve

NUMBERS = [
    "0",
    "1",
    "-1",
    "+1",
    "08",
    "010",
    "0777",
    "012345678901",
    "0o644",
    "-0o7",
    "0O17",
    "0x1F",
    "-0x1f",
    "0b11",
    "1_000",
    "1__0",
    "1e3",
    "1E3",
    "1e-3",
    "1.5",
    "1.",
    ".5",
    "-.5",
    "+.5",
    ".5e3",
    "-0",
    "0e1234",
    "1234e56",
    ".inf",
    "-.Inf",
    "+.INF",
    ".nan",
    "18446744073709551615",
    "18446744073709551616",
]
TEXTS = [
    "0o8",
    "0b2",
    "0xg",
    "1e400",
    "1:30",
    "22:22",
    "65536:1",
    "1.2.3",
    "_1",
    ".5_0",
    "1e",
    "0x",
    "--",
    "-",
    ".",
    "._5",
    ".e5",
    "nan",
    "inf",
    "abc",
    "1a",
    "é",
    "1,000",
    "NaN",
    "Null1",
]
OLD_BOOLS = ["y", "Y", "yes", "No", "on", "Off", "OFF", "n"]


@pytest.mark.parametrize("text", NUMBERS)
def test_what_go_takes_for_a_number_is_one(text):
    """Octals old and new, hexadecimals, underscores, exponents and bare points are numbers for both readers."""
    assert {resolve(text, "compose"), resolve(text, "kubernetes")} == {"number"}


@pytest.mark.parametrize("text", TEXTS)
def test_what_go_takes_for_a_text_is_one(text):
    """Numbers to the base 60, and what only looks like a number, are texts for both readers."""
    assert {resolve(text, "compose"), resolve(text, "kubernetes")} == {"text"}


@pytest.mark.parametrize("text", OLD_BOOLS)
def test_yes_and_no_are_bools_for_kubectl_alone(text):
    """yaml.v2 knows YAML 1.1's bools, yaml.v3 only true and false."""
    assert (resolve(text, "compose"), resolve(text, "kubernetes")) == ("text", "bool")


@pytest.mark.parametrize("text", ["2024-01-01", "2024-1-1", "2024-01-01T10:00:00Z", "2024-01-01 10:00:00"])
def test_dates_are_dates_for_compose_alone(text):
    """sigs.k8s.io/yaml keeps a date as its text; Compose refuses it."""
    assert (resolve(text, "compose"), resolve(text, "kubernetes")) == ("date", "text")


@pytest.mark.parametrize("text", ["2024-13-01", "2024-02-30", "24-01-01", "2024-01-01T10", "2024-01"])
def test_what_is_no_day_is_a_text(text):
    """A date that the calendar does not have is a text for both."""
    assert {resolve(text, "compose"), resolve(text, "kubernetes")} == {"text"}


@pytest.mark.parametrize(("text", "kind"), [("", "null"), ("~", "null"), ("NULL", "null"), ("True", "bool")])
def test_nothing_and_the_bools_of_both(text, kind):
    """What YAML 1.1 and 1.2 agree on is the same for both."""
    assert resolve(text, "compose") == resolve(text, "kubernetes") == kind


def test_only_what_go_prints_as_it_is_written_may_stand_for_a_text():
    """8000 reaches a container as it is written; 1e3, 08, 1.10 and -0 do not."""
    assert all(map(is_same_everywhere, ["0", "8000", "-5", "1.5", "0.001", "18446744073709551615"]))
    others = ["08", "-0", "+1", "1.10", "1.0", "1e3", ".5", "1_000", "0x1", "18446744073709551616", "0.00001"]
    assert not any(map(is_same_everywhere, others))


def _environment(folder: Path, value: str) -> str:
    file = folder / "compose.yaml"
    file.write_text(f"services: {{web: {{build: ., command: serve, environment: {{A: {value}}}}}}}\n")
    return compose.read(file).services["web"].environment["A"]


@pytest.mark.parametrize(
    "value", ["http://a/b?x=1", "a?b", "x#y", "http://a:80/?q=1&r=2", "yes", "on", "true", "false", "22:22", "0.5"]
)
def test_a_value_in_a_flow_mapping_is_the_text_that_docker_sees(tmp_path, value):
    """Question marks, YAML 1.1's bools and numbers to the base 60 are texts; true is the text of it."""
    assert _environment(tmp_path, value) == value


def test_a_bool_is_written_as_docker_writes_it(tmp_path):
    """Docker hands a service "true" for True."""
    assert _environment(tmp_path, "TRUE") == "true"


@pytest.mark.parametrize(
    "value", [*["1e3", "08", "0o644", "012345678901", "-.5", "1_000", "1234e56", "-0"], "2024-01-01"]
)
def test_a_value_that_docker_would_write_in_another_way_is_refused(tmp_path, value):
    """Docker hands a service 1000 for 1e3, and fails at a date: the file has to say which text it means."""
    with pytest.raises(StackFileError, match="quotes around it"):
        _environment(tmp_path, value)
    assert _environment(tmp_path, f'"{value}"') == value


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r'printf "a\n"', ["printf", "an"]),
        (r"printf 'a\n'", ["printf", r"a\n"]),
        (r"a\ b c", ["a b", "c"]),
        ("""a "" '' "b c"d""", ["a", "", "", "b cd"]),
        (r'"a\"b" \\', ['a"b', "\\"]),
        ("  a\t b\nc ", ["a", "b", "c"]),
        ("", []),
        ("a#b # c", ["a#b", "#", "c"]),
        ("""sh -c "a && b | c > d" """, ["sh", "-c", "a && b | c > d"]),
    ],
)
def test_a_line_is_split_as_docker_splits_it(line, words):
    """A backslash takes the next character as it is, in double quotes too; operators count only for a shell."""
    assert command_line.split(line) == words


@pytest.mark.parametrize("line", ["a; b", "a && b", "a | b", "a > b", "a < b", "a (b)", "a `b`", "'a", '"a', "a\\"])
def test_a_line_that_docker_would_cut_or_refuse_is_refused(line):
    """Docker drops what stands behind an operator, without a word."""
    with pytest.raises(ValueError, match=r"no shell|No closing"):
        command_line.split(line)
