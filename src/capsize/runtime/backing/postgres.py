"""PostgreSQL 18: the wheel's own server on a data folder of its own, set up as the official image sets it up."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capsize.errors import CapsizeError
from capsize.runtime.backing import installation, shared_memory, start, template
from capsize.runtime.backing.commands import Run, directly
from capsize.runtime.backing.interface import Backing
from capsize.runtime.program import Program
from capsize.stack.model import Service

LOGIN_WITHIN = 1.0  # seconds for a login
LONGEST_SOCKET = 103  # bytes that macOS, the strictest, takes as a socket's path
SET_UP = "set-up"  # the file that says that the first start is behind us
CONFIGURATION = """\
# What is committed survives the server's death but not the machine's: nothing here outlives the folder.
fsync = off
synchronous_commit = on
wal_level = logical
min_wal_size = 4MB
max_wal_size = 64MB
max_connections = 100
shared_buffers = 32MB
dynamic_shared_memory_type = mmap
huge_pages = off
io_method = sync
log_checkpoints = off
log_timezone = 'UTC'
timezone = 'UTC'
lc_messages = 'C'
unix_socket_permissions = 0700
"""
ACCESS = """\
# The socket lies in a folder that only its owner enters; a client that comes by TCP needs a password.
local all         all              trust
host  all         all 127.0.0.1/32 scram-sha-256
host  replication all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class Account:
    """The superuser, password and database that the service's environment asks for."""

    user: str
    password: str
    database: str

    @classmethod
    def of(cls, service: Service) -> Account:
        """Read POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB with the image's defaults."""
        user = service.environment.get("POSTGRES_USER") or "postgres"
        password = service.environment.get("POSTGRES_PASSWORD", "")
        if not password:
            raise CapsizeError(
                f"service {service.name}: {service.image} needs a password for its superuser",
                place=service.place,
                expected="environment: POSTGRES_PASSWORD: ${DB_PASSWORD:-chandlery}",
            )
        return cls(user, password, service.environment.get("POSTGRES_DB") or user)


@dataclass(frozen=True)
class Postgres(Backing):
    """One cluster per Compose service, so that one database can die alone.

    Unlike in the image the role ``postgres`` exists beside POSTGRES_USER (it has no password, so nobody logs in as it),
    and ``template0`` does not exist.
    """

    images = ("postgres",)

    run: Run = directly

    def run_by(self, run: Run) -> Backing:
        """Return a part that has the data folder made by ``run``."""
        return Postgres(run)

    def program(self, service: Service, folder: Path, port: int) -> Program:
        """Lay the data folder on the first start and write the configuration; our address wins over the command's."""
        Account.of(service)
        words = start.words(service, "postgres")
        installed, data = installation.find(), folder / "data"
        installed.own(folder)
        if not data.exists():
            template.lay(data, installed, self.run)
        for name, text in (("postgresql.conf", CONFIGURATION), ("pg_hba.conf", ACCESS)):
            (data / name).write_text(text, encoding="utf-8")
        ours = ("-D", str(data), "-c", "listen_addresses=127.0.0.1", "-c", f"port={port}")
        argv = (installed["postgres"], *words, *ours, "-c", "unix_socket_directories=.")
        return Program(argv, start.environment(folder, LC_ALL="C"), folder, installed.user, "SIGINT")

    async def ready(self, service: Service, folder: Path, port: int) -> bool:
        """Set up the account, and say whether a client may log in with it."""
        if not (folder / SET_UP).exists():
            try:
                await _set_up(Account.of(service), folder / "data", port)
            except _refusals():
                return False
            (folder / SET_UP).touch()
        return await self.serves(service, folder, port)

    async def serves(self, service: Service, folder: Path, port: int) -> bool:
        """Say whether a client may log in by TCP with the password."""
        account = Account.of(service)
        try:
            async with _login(
                host="127.0.0.1", port=port, user=account.user, password=account.password, database=account.database
            ):
                return True
        except _refusals():
            return False

    def sweep(self, folder: Path) -> None:
        """Remove the shared memory of a server that was killed, be it while it made the data folder."""
        for data in (folder / "data", template.half(folder / "data")):
            shared_memory.remove(data)


def _refusals() -> tuple[type[Exception], ...]:
    import asyncpg  # an eighth of a second that processes without a database need not spend

    return OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError


@contextlib.asynccontextmanager
async def _login(**account: Any) -> AsyncIterator[Any]:
    import asyncpg

    ours = {"ssl": False, "direct_tls": False, "target_session_attrs": "any"}  # whatever PG variables the shell has
    connection = await asyncpg.connect(**account, **ours, timeout=LOGIN_WITHIN)
    try:
        yield connection
    finally:
        await connection.close(timeout=LOGIN_WITHIN)


async def _set_up(account: Account, data: Path, port: int) -> None:
    """Make the role and the database; a set-up that was cut short is taken up where it ended."""
    with _socket_folder(data, port) as folder:
        async with _login(host=str(folder), port=port, user="postgres", database="postgres") as admin:
            role, password = _identifier(account.user), _literal(account.password)
            known = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", account.user)
            await admin.execute(f"{'ALTER' if known else 'CREATE'} ROLE {role} SUPERUSER LOGIN PASSWORD {password}")
            if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", account.database):
                database = _identifier(account.database)
                await admin.execute(f"ALTER DATABASE {template.SPARE} RENAME TO {database}")
                await admin.execute(f"ALTER DATABASE {database} OWNER TO {role}")
            await admin.execute(f"DROP DATABASE IF EXISTS {template.SPARE}")


@contextlib.contextmanager
def _socket_folder(data: Path, port: int) -> Iterator[Path]:
    """Yield a path to the socket's folder that is short enough to connect to: a link for the moment, if need be."""
    if len(os.fsencode(data / f".s.PGSQL.{port}")) <= LONGEST_SOCKET:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="capsize-", dir="/tmp") as short:
        (Path(short) / "data").symlink_to(data)
        yield Path(short) / "data"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
