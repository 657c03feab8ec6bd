"""The monolith with walls: each module asks the database in a role of its own, which may use its own tables alone.

Whose a statement is, the call stack says: the module whose public function runs it. A function with an underscore,
and a file that is not a module's, ask in the role of their caller. PostgreSQL refuses what crosses a wall, and
the log says where it was tried: ``wall: orders.py:23 asks as orders: permission denied for table charges``.
"""

from __future__ import annotations

import functools
import inspect
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

from shop.monolith.statement_authors import ORDERS, Author, Owners

log = logging.getLogger("shop.walls")
MODULES = ("users", "inventory", ORDERS, "payments")
STATEMENTS = (
    *("execute", "executemany", "fetch", "fetchval", "fetchrow", "fetchmany"),
    *("copy_from_query", "copy_from_table", "copy_to_table", "copy_records_to_table"),
)
BY_ASYNCPG = str(Path(asyncpg.__file__).with_name("transaction.py"))  # BEGIN, COMMIT and ROLLBACK are nobody's


OWNERS = Owners({}, "\0")  # nobody's, until the walls are there


class Walled(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection that changes into the role of the module that asks, before it asks."""

    __slots__ = ()

    async def become(self, module: str | None) -> None:
        """Change the role; in a transaction that has failed nothing can be asked, whatever the role."""
        with suppress(asyncpg.InFailedSQLTransactionError):
            await asyncpg.Connection.execute(self, f"SET ROLE {f'module_{module}' if module else 'NONE'}")

    async def prepare(self, *args: Any, **more: Any) -> Any:
        """Prepare a statement that is asked in the role of the module that wrote it."""
        ask = functools.partial(self.ask, OWNERS.of(sys._getframe()))
        return _Later(await ask(super().prepare(*args, **more)), ask)

    def cursor(self, *args: Any, **more: Any) -> Any:
        """Return a cursor that is read in the role of the module that wrote its query."""
        return _Later(super().cursor(*args, **more), functools.partial(self.ask, OWNERS.of(sys._getframe())))

    async def ask(self, author: Author, statement: Awaitable[Any]) -> Any:
        """Run a statement in its author's role; tell where a wall was in its way."""
        await self.become(author.module)
        try:
            return await statement
        except asyncpg.InsufficientPrivilegeError as refusal:
            log.warning("wall: %s asks as %s: %s", author.place, author.module, refusal)
            raise


def _in_role(name: str) -> Callable[..., Any]:
    method = getattr(asyncpg.Connection, name)

    @functools.wraps(method)
    def ask(self: Walled, *args: Any, **more: Any) -> Any:
        caller = sys._getframe(1)
        if caller.f_code.co_filename == BY_ASYNCPG:
            return method(self, *args, **more)
        return self.ask(OWNERS.of(caller), method(self, *args, **more))

    return ask


for _name in STATEMENTS:
    setattr(Walled, _name, _in_role(_name))


class _Later:
    """A prepared statement or a cursor: each use of it is in the role of its author."""

    def __init__(self, inner: Any, ask: Callable[[Awaitable[Any]], Awaitable[Any]]) -> None:
        self._inner, self._ask = inner, ask

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return functools.partial(self._call, found) if callable(found) else found

    def _call(self, method: Callable[..., Any], *args: Any, **more: Any) -> Any:
        result = method(*args, **more)
        if inspect.iscoroutine(result):
            return self._ask(result)
        return _Later(result, self._ask) if inspect.isawaitable(result) else result

    def __await__(self) -> Any:
        return self._ask(self._inner).__await__()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._rows()

    async def _rows(self) -> AsyncIterator[Any]:
        rows = aiter(self._inner)
        with suppress(StopAsyncIteration):
            while True:
                yield await self._ask(anext(rows))


async def raise_walls(db: asyncpg.Connection) -> None:
    """Make a role for each module, with all rights on its own schema and none on the others."""
    for module in MODULES:
        role = f"module_{module}"
        if await db.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            continue
        await db.execute(
            f"CREATE ROLE {role}; GRANT USAGE ON SCHEMA {', '.join(MODULES)} TO {role};"  # all may see all names
            f"GRANT CREATE ON SCHEMA {module} TO {role};"
            f"GRANT ALL ON ALL TABLES IN SCHEMA {module} TO {role};"
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA {module} TO {role}"
        )


def folder_of(file: str) -> str:
    return f"{Path(file).parent}/"


def _walled() -> Any:
    """Return the shop's app over connections that keep to the walls, also where a module opens its own."""
    for opening in ("connect", "create_pool"):  # before the learner's files are imported
        setattr(asyncpg, opening, functools.partial(getattr(asyncpg, opening), connection_class=Walled))
    from shop.monolith import app as monolith

    files = {module: str(getattr(monolith, module).__file__) for module in MODULES}
    as_it_was = monolith.app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        async with as_it_was(app):
            async with app.state.pool.acquire() as db:
                await raise_walls(db)
            OWNERS.files, OWNERS.folder = {file: module for module, file in files.items()}, folder_of(files[ORDERS])
            yield

    monolith.app.router.lifespan_context = lifespan
    return monolith.app


app = _walled()
