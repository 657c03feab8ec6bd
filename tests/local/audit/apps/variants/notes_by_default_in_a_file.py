"""The notes in what REDIS_URL names, and in a file of SQLite where nobody said so."""

import os

if os.environ.get("REDIS_URL"):
    from notes_in_redis import add, read
else:
    from notes_in_a_file import add, read

__all__ = ["add", "read"]
