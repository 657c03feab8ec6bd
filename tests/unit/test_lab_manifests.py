"""Which file a lab's stack is read from, and how the learner's manifests change it."""

from __future__ import annotations

import pytest
from the_manifests import OTHERS, SHOP

import capsize
from capsize.errors import CapsizeError


@pytest.fixture
def lab(small):
    """A lab with manifests, and one of them among the files that the learner edits."""
    small.write("docker/01_boat/kubernetes.yaml", f"{SHOP}---\n{OTHERS}")
    small.write("starter/01_boat/shop.yaml", SHOP.replace("replicas: 3", "replicas: 4"))
    return capsize.lab(1)


def test_manifests_are_what_runs(lab):
    """Where a lab has manifests they are read, with the learner's over them and the learner's folder at /code."""
    shop = lab.model().services["shop"]
    assert (shop.replicas, shop.volumes[0].source) == (4, str(lab.rooms.work))


def test_passwords_stay_when_a_lab_is_read_again(lab):
    """A second reading changes no password: a change would be a roll-out that nobody asked for."""
    first, again = lab.model().services["db"], lab.model().services["db"]
    assert first == again
    assert first.environment["POSTGRES_PASSWORD"] != "chandlery"


def test_time_scale_is_the_labs(lab, small):
    """The top of exercises.toml says how fast manifests run; the exercises are read as before."""
    assert lab.model().time_scale == 1.0
    text = lab.rooms.exercises_file.read_text()
    small.write("starter/01_boat/exercises.toml", f"time_scale = 0.2\n{text}")
    assert capsize.lab(1).model().time_scale == 0.2
    assert [exercise.id for exercise in capsize.lab(1).exercises] == ["1.1", "1.2"]


@pytest.mark.parametrize("scale", ["0", "true", '"fast"', "2"])
def test_unusable_time_scale_is_refused(lab, small, scale):
    """A scale that stops time or is no number is refused."""
    text = lab.rooms.exercises_file.read_text()
    small.write("starter/01_boat/exercises.toml", f"time_scale = {scale}\n{text}")
    with pytest.raises(CapsizeError, match="time_scale is not usable"):
        lab.model()
