"""Entries in PostgreSQL, over HTTP: an app of FastAPI and asyncpg that keeps its state where DATABASE_URL says."""

import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI

DATABASE_URL = os.environ["DATABASE_URL"]


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(DATABASE_URL, min_size=1) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/entries")
async def write(text: str):
    return {"id": await app.state.pool.fetchval("INSERT INTO entries (text) VALUES ($1) RETURNING id", text)}


@app.get("/entries/{number}")
async def read(number: int):
    return {"text": await app.state.pool.fetchval("SELECT text FROM entries WHERE id = $1", number)}
