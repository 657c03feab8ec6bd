"""The shop's database, by its URL: a file of SQLite or a server of PostgreSQL. ``$1`` stands for a value in both."""

import sqlite3

import asyncpg


class Store:
    """Answers SQL with rows. It connects when it is first asked."""

    def __init__(self, url):
        self.url, self._pool = url, None

    async def ask(self, sql, *values):
        """Run one statement and return its rows."""
        if self.url.startswith("sqlite:///"):
            return self._ask_file(self.url.removeprefix("sqlite:///"), sql, values)
        if self._pool is None:
            self._pool = await asyncpg.create_pool(self.url, min_size=0, max_size=4, ssl=False)
        return [tuple(row) for row in await self._pool.fetch(sql, *values)]

    def _ask_file(self, file, sql, values):
        connection = sqlite3.connect(file)
        try:
            with connection:
                return connection.execute(sql, {str(n): value for n, value in enumerate(values, 1)}).fetchall()
        finally:
            connection.close()

    async def close(self):
        if self._pool is not None:
            await self._pool.close()
