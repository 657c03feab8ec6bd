"""PostgreSQL as the runtime runs it: a real server from the wheel, its own folder, a password, and no trace left."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest
from backing_runner import Run, free_port, processes_in, run_folder, running, service

from capsize.runtime import backing
from capsize.runtime.backing import installation, seal, template

PASSWORD = 'it\'s "open" sesame \\ ü'
SHOP = {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def shop():
    """Run one database for all tests that only ask."""
    with running("postgres:18", "postgres", "-c", "max_connections=20", **SHOP) as run:
        yield run


def connect(run, **changed):
    account = {"user": "shop", "password": PASSWORD, "database": "shop", "ssl": False, **changed}
    return asyncpg.connect(host="127.0.0.1", port=run.port, **account)


def ask(run, question, **changed):
    """Ask one question over a connection of its own."""

    async def asked():
        connection = await connect(run, **changed)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(asked())


def segment(run):
    """Return the key of the server's shared memory, as its pid file names it."""
    return int((run.folder / "data" / "postmaster.pid").read_text().splitlines()[6].split()[0])


def exists(key):
    return ctypes.CDLL(None).shmget(ctypes.c_int(key).value, 0, 0) != -1


def test_account_is_the_one_of_the_environment(shop):
    """POSTGRES_USER is a superuser with its password, and owns a database of its name."""
    owner = "SELECT rolsuper FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE datname = 'shop'"
    assert ask(shop, owner) is True


def test_databases_are_those_that_a_client_expects(shop):
    """Besides the shop's own there is ``postgres``, as in the image, and nothing of ours."""
    names = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database"
    assert ask(shop, names) == "postgres shop template1"


def test_new_database_can_be_made(shop):
    """CREATE DATABASE works as ever, and what it makes can be entered."""

    async def make():
        connection = await connect(shop)
        await connection.execute("CREATE DATABASE orders")
        await connection.close()

    asyncio.run(make())
    assert ask(shop, "SELECT current_database()", database="orders") == "orders"


@pytest.mark.parametrize(
    "account", [{"password": "guess"}, {"password": ""}, {"user": "postgres", "password": "postgres"}]
)
def test_wrong_password_is_refused(shop, account):
    """Without the password nobody gets in by TCP, not even as the role ``postgres``."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(shop, "SELECT 1", **account)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("max_connections", "20"), ("wal_level", "logical"), ("dynamic_shared_memory_type", "mmap"), ("fsync", "off")],
)
def test_setting_is_in_force(shop, setting, value):
    """The command's options are honoured, and so are the settings that the labs count on."""
    assert ask(shop, f"SHOW {setting}") == value


def test_text_is_utf8_and_sorts_by_code_point(shop):
    """Every machine stores the same letters and sorts them alike, whatever locales it has."""
    assert ask(shop, "SELECT string_agg(x, '' ORDER BY x) || upper('é') FROM unnest('{b,ä,a,B}'::text[]) x") == "BabäÉ"


def test_server_runs_as_nobody_special(shop):
    """The server never has root's rights, and its folder is closed to others."""
    owner = (shop.folder / "data").stat()
    assert (owner.st_uid != 0, oct(owner.st_mode & 0o777)) == (True, "0o700")


def test_default_account_is_postgres():
    """With a password alone, user and database are both ``postgres``."""
    with running("postgres:18", POSTGRES_PASSWORD="x") as run:
        account = {"user": "postgres", "password": "x", "database": "postgres"}
        names = "SELECT current_user || ' ' || string_agg(datname, ' ' ORDER BY datname) FROM pg_database"
        assert ask(run, names, **account) == "postgres postgres template1"


def test_committed_data_survive_a_kill():
    """What was committed is there when a killed server starts again on its folder."""
    with running("postgres:18", **SHOP) as run:

        async def write():
            connection = await connect(run)
            await connection.execute("CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id")
            run.kill()
            connection.terminate()

        asyncio.run(write())
        run.start()
        assert ask(run, "SELECT count(*) FROM orders") == 1000


def test_stop_waits_for_no_client_and_leaves_nothing():
    """The stop signal ends a busy server within two seconds: no process, no shared memory, no socket is left."""
    with running("postgres:18", **SHOP) as run:
        key = segment(run)
        assert exists(key)
        assert asyncio.run(stop_while_busy(run)) < 2
        sockets = [file for file in run.folder.rglob("*") if file.is_socket()]
        assert [exists(key), processes_in(run.folder), sockets] == [False, [], []]


async def stop_while_busy(run):
    """Stop a server with three clients, one of which waits for a long query."""
    connections = [await connect(run) for _ in range(3)]
    busy = asyncio.create_task(connections[0].execute("SELECT pg_sleep(60)"))
    seconds = await asyncio.to_thread(run.stop)
    with contextlib.suppress(asyncpg.PostgresError, OSError):
        await busy
    for connection in connections:
        connection.terminate()
    return seconds


def test_killed_server_leaves_nothing_once_swept():
    """A killed server's processes end by themselves, and the sweep removes its shared memory; twice does no harm."""
    with running("postgres:18", **SHOP) as run:
        key = segment(run)
        run.kill()
        run.part.sweep(run.folder)
        run.part.sweep(run.folder)
        assert [exists(key), processes_in(run.folder)] == [False, []]


def test_sweep_of_an_empty_folder_does_no_harm(tmp_path):
    """There is nothing to sweep where nothing ran."""
    run = Run(service("postgres:18", **SHOP), tmp_path, 1)
    assert run.part.sweep(tmp_path) is None


def test_not_started_is_not_ready():
    """A port on which nobody listens is no database."""
    with run_folder() as folder:
        assert not Run(service("postgres:18", **SHOP), folder, free_port()).is_ready()


def test_folder_with_a_long_path_is_served():
    """A run folder deeper than a socket's path may be long serves all the same, and leaves no link behind."""
    with run_folder() as folder:
        deep = folder.parent / "/".join(["deep" * 10] * 3) / "part-1"
        deep.mkdir(parents=True)
        for passage in deep.parents[:3]:
            passage.chmod(0o711)
        run = Run(service("postgres:18", **SHOP), deep, free_port())
        try:
            run.start()
            assert ask(run, "SELECT 1") == 1
        finally:
            run.kill()
            run.part.sweep(deep)


def test_template_is_made_once_by_whoever_is_first(monkeypatch, tmp_path):
    """Two starts at once on an empty cache both get their data, and leave one whole template."""
    monkeypatch.setattr(template, "cache", lambda: tmp_path / "cache")
    part, described = backing.find("postgres:18"), service("postgres:18", **SHOP)
    with run_folder() as one, run_folder() as two, ThreadPoolExecutor() as pool:
        list(pool.map(lambda folder: part.program(described, folder, 1), (one, two)))
        versions = [(folder / "data" / "PG_VERSION").read_text() for folder in (one, two)]
    assert (versions, len(list((tmp_path / "cache").iterdir()))) == (["18\n"] * 2, 1)


def test_a_damaged_template_is_made_anew(monkeypatch, tmp_path):
    """Where a bit of the cache flipped, the database gets whole data, and so does the next from a new template."""
    monkeypatch.setattr(template, "cache", lambda: tmp_path)
    installed = installation.find()
    with run_folder() as folder:
        installed.own(folder)
        template.lay(folder / "first", installed)
        (kept,) = tmp_path.iterdir()
        control = kept / template.DATA / "global" / "pg_control"
        control.write_bytes(control.read_bytes()[:-1] + b"!")
        template.lay(folder / "second", installed)
        assert not (folder / "second" / "global" / "pg_control").read_bytes().endswith(b"!")
        assert seal.holds(kept / template.DATA, kept / template.SEAL)


def test_a_template_that_is_whole_is_copied(monkeypatch, tmp_path):
    """Nothing is made anew where nothing is damaged."""
    monkeypatch.setattr(template, "cache", lambda: tmp_path)
    installed = installation.find()
    with run_folder() as folder:
        installed.own(folder)
        template.lay(folder / "one", installed)
        monkeypatch.setattr(template, "make", None)
        template.lay(folder / "two", installed)
        assert (folder / "two" / "PG_VERSION").read_text() == "18\n"


def test_cache_that_cannot_be_written_costs_only_time(monkeypatch, tmp_path):
    """Where the cache's place is taken by a file, a data folder is made anew."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(template, "cache", lambda: tmp_path / "file" / "cache")
    with run_folder() as folder:
        run = Run(service("postgres:18", **SHOP), folder, 1)
        run.part.program(run.service, folder, 1)
        assert (folder / "data" / "PG_VERSION").read_text() == "18\n"


def test_copied_programs_run_elsewhere():
    """Programs that the unprivileged user cannot reach are copied with all they need, and run from there."""
    installed = installation.find()
    with run_folder() as folder:
        home = installation.copy(installed.programs.parents[1], folder.parent / "cache" / "postgres-1")
        moved = installation.Installation(home / "pginstall18" / "bin", "1", installed.user)
        moved.own(folder)
        template.make(folder / "data", moved)
        assert (folder / "data" / "PG_VERSION").read_text() == "18\n"


def test_file_behind_a_closed_folder_is_out_of_reach(tmp_path):
    """One folder on the way that others may not enter is enough."""
    (tmp_path / "closed").mkdir(mode=0o700)
    (tmp_path / "closed" / "file").touch(mode=0o644)
    assert not installation.everyone_reaches(tmp_path / "closed" / "file")
