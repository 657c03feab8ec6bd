"""What a file had as it was given and has not any more is a refusal, at its line, and not an error of the check."""

from __future__ import annotations

import shutil

import pytest

from capsize.check.given_parts import refusal_of_missing
from capsize.course import Course

TIDES = "metadata: {name: tides}"


@pytest.fixture
def code(tmp_path):
    """A learner's files of labs 08 and 15, solved."""
    shutil.copytree(Course.here().lab("08").rooms.root / "solutions", tmp_path, dirs_exist_ok=True)
    return tmp_path


def refusal(code, id):  # noqa: A002 - what a learner calls it
    lab = Course.here().lab(id.split(".")[0].zfill(2), "solutions")
    return refusal_of_missing(lab, lab.exercise(id), code / lab.slug)


@pytest.mark.parametrize("id", ["8.1", "8.3", "15.4"])
def test_nothing_is_missing_in_files_that_are_complete(code, id):  # noqa: A002
    """Files that have all that was given are refused for nothing."""
    assert refusal(code, id) is None


@pytest.mark.parametrize("text", ["", "\n\n", "# livenessProbe: {}\n---\n"])
@pytest.mark.parametrize(("id", "file"), [("8.3", "08_health/kiosks.yaml"), ("15.4", "15_sidecar/envoy.yaml")])
def test_a_file_without_content_is_refused_at_its_first_line(code, id, file, text):  # noqa: A002
    """A file that is empty, or has comments alone, is named with its line."""
    (code / file).write_text(text)
    found = refusal(code, id)
    assert (found.got, found.look) == ("it is empty", f"{(code / file).name}:1")
    assert f"capsize reset {id}" in found.advice


@pytest.mark.parametrize(("id", "file"), [("8.3", "08_health/kiosks.yaml"), ("15.4", "15_sidecar/envoy.yaml")])
def test_a_file_that_is_gone_is_named(code, id, file):  # noqa: A002
    """A file that was removed or renamed is expected by its name."""
    (code / file).unlink()
    assert refusal(code, id).expected == f"{(code / file).name} is there"


def test_a_deployment_of_another_name_is_refused_at_its_line(code):
    """A Deployment that was renamed is named as it was, and as it is, with its line."""
    file = code / "08_health" / "kiosks.yaml"
    file.write_text(file.read_text().replace(TIDES, "metadata: {name: tide}"))
    found = refusal(code, "8.3")
    line = file.read_text().splitlines().index("metadata: {name: tide}") - 1
    assert (found.expected, found.got) == ("a Deployment called tides, as given", "one that is called tide")
    assert found.look == f"kiosks.yaml:{line}"


def test_a_deployment_that_is_gone_is_refused(code):
    """One of two Deployments is expected by its name where it was taken out."""
    file = code / "08_health" / "kiosks.yaml"
    file.write_text(file.read_text().split("---")[0])
    assert refusal(code, "8.3").got == "none among advice"


def test_the_judged_exercises_own_file_comes_first(code):
    """Where several files are empty, a verdict points into the file of its exercise."""
    for name in ("health.py", "kiosks.yaml"):
        (code / "08_health" / name).write_text("")
    assert (refusal(code, "8.3").look, refusal(code, "8.1").look) == ("kiosks.yaml:1", "health.py:1")
