"""X: what an app is developed on is what it runs on: the same kind of server, the same kinds of backing services."""

from __future__ import annotations

import re

from capsize.audit.factors import BY_NUMERAL
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Subject

FACTOR = BY_NUMERAL["X"]
DID = "read what the server says of itself, and started it with and without the services that its variables name"
DEVELOPMENT = re.compile(r"\bdevelopment server\b|\bStarted reloader process\b", re.IGNORECASE)


async def judge(subject: Subject) -> Judgement:
    """Judge by the kinds of services with and without a configuration, and by a server that is not for production."""
    app = subject.app
    control = f"it answers {app.web.first} to GET /"
    lines = [line.strip() for line in (*app.web.stdout, *app.web.stderr) if DEVELOPMENT.search(line)]
    if lines:
        because = "the server that it starts says that it is for development: production must run another one"
        return Judgement(FACTOR, "fails", because, DID, control, tuple(lines[:2]))
    kinds = ", ".join(sorted({one.kind for one in app.attachments}))
    default = app.by_default
    if kinds and default and default.databases:
        name = default.databases[0].rpartition("/")[2]
        because = f"without its variables it uses SQLite ({name}), with them {kinds}"
        return Judgement(FACTOR, "fails", because, DID, control)
    if kinds and default and default.refuses:
        because = f"without {default.refuses} it does not start, so every deploy uses {kinds}"
        return Judgement(FACTOR, "holds", because, DID, control)
    if kinds and default is None:
        because = f"the folder's own configuration names the kind that a deploy uses too: {kinds}"
        return Judgement(FACTOR, "holds", because, DID, control)
    if app.web.tape.databases and not app.refused:
        because = "every deploy uses the same kind, SQLite, for nothing names another kind"
        return Judgement(FACTOR, "holds", because, DID, control)
    return Judgement(FACTOR, "unjudged", "no backing service was seen whose kind could differ", DID, control)
