"""Which images have a local part, and what of a Compose command reaches the process list."""

from __future__ import annotations

import importlib.util
import re
import stat
from pathlib import Path

import pytest

from capsize.errors import CapsizeError
from capsize.runtime import backing
from capsize.runtime.backing.installation import Installation
from capsize.stack import images
from capsize.stack.model import Location, Service


def service(image, *command, **environment):
    return Service("part", Location(Path("compose.yaml"), 7), image, command, environment)


@pytest.mark.parametrize(
    ("image", "part"),
    [
        ("postgres:18", "Postgres"),
        ("postgres:18.4-alpine", "Postgres"),
        ("valkey/valkey:8", "Valkey"),
        ("redis:7", "Valkey"),
        ("nats:2", "Nats"),
        ("nats:2.12-alpine", "Nats"),
        ("motoserver/moto:latest", "Aws"),
        ("envoyproxy/envoy:v1.40.0", "Envoy"),
    ],
)
def test_image_leads_to_its_part(image, part):
    """An image of a backing service, whatever its tag, is run by the part that stands for it."""
    assert type(backing.find(image)).__name__ == part


@pytest.mark.parametrize("image", ["postgres:18", "valkey/valkey:8", "nats:2", "motoserver/moto:latest"])
def test_clients_that_are_warmed_are_installed(image):
    """A name that cannot be imported would warm nothing, and nobody would notice."""
    assert all(importlib.util.find_spec(client) for client in backing.find(image).clients)


@pytest.mark.parametrize(
    "image", ["mysql:8", "postgres:9.6", "postgres:19", "redis/redis-stack", "", ":", "a/b/postgres:18"]
)
def test_other_image_is_refused_with_the_list(image):
    """An image without a local part, or of a PostgreSQL too old or too new, is refused by naming all that have one."""
    with pytest.raises(CapsizeError, match=re.escape(images.SUPPORTED)):
        backing.find(image)


@pytest.mark.parametrize(
    ("image", "program"),
    [
        ("postgres:18-alpine", None),
        ("postgres:16", "PostgreSQL 18"),
        ("postgres", "PostgreSQL 18"),
        ("docker.io/library/redis:7", "Valkey"),
        ("valkey/valkey:8", None),
        ("nats", None),
        ("mysql:8", None),
    ],
)
def test_another_program_or_version_is_named(image, program):
    """Where a process is not the very program that an image holds, the file's reader is told which it is."""
    assert images.differs(image) == program


@pytest.mark.parametrize("image", ["postgres:18", "valkey/valkey:8", "nats:2", "motoserver/moto:latest"])
def test_command_of_another_program_is_refused(image, tmp_path):
    """A command that is not the image's own program is refused with the place in the file."""
    with pytest.raises(CapsizeError, match=r"compose\.yaml:7: .*cannot run 'sh'"):
        backing.find(image).program(service(image, "sh", "-c", "true", POSTGRES_PASSWORD="x"), tmp_path, 1)


def test_folder_that_the_server_cannot_reach_is_refused(tmp_path):
    """Where root would have another user pass through a closed folder, the error names it and what to type."""
    (tmp_path / "closed" / "db").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    with pytest.raises(CapsizeError, match="export CAPSIZE_RUN_DIR"):
        Installation(tmp_path, "1", "nobody").own(tmp_path / "closed" / "db")


def test_postgres_without_a_password_is_refused(tmp_path):
    """PostgreSQL does not start without POSTGRES_PASSWORD, as the image does not."""
    with pytest.raises(CapsizeError, match="needs a password"):
        backing.find("postgres:18").program(service("postgres:18", POSTGRES_USER="shop"), tmp_path, 1)


@pytest.mark.parametrize(
    ("image", "command"),
    [
        ("valkey/valkey:8", ["valkey-server", "--requirepass", "open-sesame", "--appendonly", "yes"]),
        ("redis:7", ["--requirepass open-sesame"]),
        ("nats:2", ["-js", "--auth", "open-sesame"]),
        ("nats:2", ["nats-server", "--user=anna", "--pass=open-sesame", "-js"]),
    ],
)
def test_secret_stays_out_of_the_process_list(image, command, tmp_path):
    """A password or token of the command is written to a file for the owner's eyes alone."""
    program = backing.find(image).program(service(image, *command), tmp_path, 4000)
    files = [file for file in tmp_path.iterdir() if "open-sesame" in file.read_text()]
    assert "open-sesame" not in " ".join([*program.argv, *program.env.values()])
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]


def test_words_of_valkey_keep_their_values(tmp_path):
    """The word after an option's name is its value, whatever it looks like, and quotes in it are kept."""
    words = ("valkey-server", "--save", "", "--requirepass", '--a "b" ü', "--maxmemory", "10mb")
    backing.find("valkey/valkey:8").program(service("valkey/valkey:8", *words), tmp_path, 4000)
    lines = (tmp_path / "valkey.conf").read_text().splitlines()
    assert lines[:3] == ['save ""', 'requirepass "--a \\x22b\\x22 \\xc3\\xbc"', 'maxmemory "10mb"']


def test_address_of_the_command_does_not_win(tmp_path):
    """Ports and addresses of the command are overridden, for the runtime chose where each instance listens."""
    program = backing.find("nats:2").program(
        service("nats:2", "-js", "-m", "8222", "-a", "0.0.0.0", "-n", "auth"), tmp_path, 4000
    )
    assert program.argv[1:-4] == ("-js", "-a", "0.0.0.0", "-n", "auth", "-a", "127.0.0.1", "-p", "4000")


def test_environment_is_bare(tmp_path):
    """A backing service sees no variable of ours but what it needs to run in its folder."""
    program = backing.find("nats:2").program(service("nats:2", SECRET="x"), tmp_path, 4000)
    assert program.env.keys() == {"PATH", "HOME", "TMPDIR", "LANG"}
