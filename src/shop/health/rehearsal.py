"""A rehearsal: the learner's ``readiness.py`` alone hears what a database might answer, and says what it makes of it.

Nothing here takes time, so that many more rows of answers can be heard than a database gives in a minute.
"""

from __future__ import annotations

import readiness  # type: ignore[import-not-found]
from fastapi import FastAPI
from pydantic import BaseModel

from shop.core.error_middleware import Apologises

app = FastAPI(title="A rehearsal", docs_url=None, redoc_url=None)
app.add_middleware(Apologises)


class Heard(BaseModel):
    """What the database answers, and how often the platform asks after each answer."""

    answers: list[bool]
    asked: list[int]


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    """Answer; a process that can answer is alive."""
    return {"alive": True}


@app.post("/rehearsal")
async def rehearse(heard: Heard) -> list[list[bool]]:
    """Have the file hear one answer after the other; return what it says each time it is asked after each.

    It is asked before the first one, too.
    """
    one, said = readiness.Readiness(), []
    bool(one.ready)
    for answered, times in zip(heard.answers, heard.asked, strict=True):
        one.heard(answered)
        said.append([bool(one.ready) for _ in range(times)])
    return said
