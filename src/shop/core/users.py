"""Users: who a customer is, and the session that says so. Sessions are rows: a second copy of the shop knows them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets

import asyncpg

from shop.refusals import NotLoggedIn

EMAILS = tuple(f"{name}@harbour.example" for name in ("ada", "bo", "cleo", "dov"))
PASSWORD = "ahoy"  # of all four: they are customers of a workshop


async def log_in(db: asyncpg.Connection, email: str, password: str) -> str:
    """Return the token of a new session. Raises NotLoggedIn."""
    customer, token = await known(db, email, password), secrets.token_urlsafe(18)
    await db.execute("INSERT INTO users.sessions (token, customer_id) VALUES ($1, $2)", token, customer)
    return token


async def known(db: asyncpg.Connection, email: str, password: str) -> int:
    """Return whose e-mail and password these are. Raises NotLoggedIn, in one wording for a wrong one of either."""
    row = await db.fetchrow("SELECT id, salt, password FROM users.customers WHERE email = $1", email)
    # a hash is slow on purpose; in a thread it is slow for this customer only (hashlib lets go of the interpreter)
    given = await asyncio.to_thread(_hash, password, row["salt"] if row else b"nobody")
    if row is None or not secrets.compare_digest(given, row["password"]):
        raise NotLoggedIn("no customer has this e-mail and this password")
    customer: int = row["id"]
    return customer


async def customer_of(db: asyncpg.Connection, authorization: str | None) -> int:
    """Return the customer whom an Authorization header names. Raises NotLoggedIn."""
    token = (authorization or "").removeprefix("Bearer ")
    customer: int | None = await db.fetchval("SELECT customer_id FROM users.sessions WHERE token = $1", token)
    if customer is None:
        raise NotLoggedIn("log in first: POST /login")
    return customer


async def enrol(db: asyncpg.Connection) -> None:
    """Write down the four first customers, where they are not yet."""
    if await db.fetchval("SELECT count(*) FROM users.customers"):
        return
    for email in EMAILS:
        salt = os.urandom(16)
        await db.execute(
            "INSERT INTO users.customers (email, salt, password) VALUES ($1, $2, $3)",
            email,
            salt,
            _hash(PASSWORD, salt),
        )


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**11, r=8, p=1)
