"""Runs in each Python process of an app under audit: writes down what the app reads, opens and calls.

Standard library only, for any Python from 3.8, and it changes nothing: each line of the tape is a JSON object. The
environment's own module of this name, if it has one, runs after it.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from typing import Any

TAPE, APP = os.environ.get("CAPSIZE_AUDIT_TAPE", ""), os.environ.get("CAPSIZE_AUDIT_APP", "\0")
HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.path.dirname(os.__file__)
OURS = ("CAPSIZE_AUDIT_TAPE", "CAPSIZE_AUDIT_APP")
LISTING = ("__iter__", "copy", "__repr__", "__or__", "__ror__")  # functions that list all variables
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
Write = Callable[..., None]


def open_tape() -> Write:
    """Return what appends a line to the tape; what cannot be written is left out."""
    tape = os.open(TAPE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(**words: Any) -> None:
        try:
            os.write(tape, json.dumps({"pid": os.getpid(), **words}, default=str).encode() + b"\n")
        except OSError:
            return

    return write


def record_reads(write: Write) -> None:
    """Write down each variable that is asked for, and whether a file of the app asked."""
    kind: Any = type(os.environ)
    read = kind.__getitem__

    def record(self: Any, name: str) -> str:
        try:
            value: str = read(self, name)
        except KeyError:
            tell(write, name, False)
            raise
        tell(write, name, True)
        return value

    kind.__getitem__ = record


def tell(write: Write, name: str, there: bool) -> None:
    """Write down who asks for a variable, unless that is the standard library for itself."""
    frame: Any = sys._getframe(2)
    if name in OURS or frame.f_code.co_name in LISTING:
        return
    while frame and is_mapping(frame.f_code.co_filename):
        frame = frame.f_back
    if frame and not is_library(frame.f_code.co_filename):
        file = os.path.abspath(frame.f_code.co_filename)
        own = file.startswith(APP) and "site-packages" not in file
        write(saw="env", name=name, there=there, own=own, at=f"{file}:{frame.f_lineno}")


def is_mapping(file: str) -> bool:
    """Say whether a file is on the way from who asks to this one: ``os.getenv``, ``Mapping.get``."""
    return file in (__file__, os.__file__, "<frozen os>") or "_collections_abc" in file


def is_library(file: str) -> bool:
    """Say whether a file is the standard library's."""
    return file.startswith("<frozen") or (file.startswith(LIBRARY) and "site-packages" not in file)


def record_events(write: Write) -> None:
    """Write down which files are opened for writing, which databases, and whom the process calls."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes)) else ""
            if path and is_for_writing(args[1], args[2]):
                write(saw="write", path=os.path.abspath(path), new=not os.path.exists(path))
        elif event == "sqlite3.connect":
            path = database(args[0])
            write(saw="sqlite", path=path, new=not os.path.exists(path))
        elif event == "socket.connect" and isinstance(args[1], tuple):
            write(saw="connect", host=str(args[1][0]), port=args[1][1])

    sys.addaudithook(hook)


def database(named: object) -> str:
    """Return the whole path of a file that SQLite opens; a URI, and a database in memory, as they are named."""
    path = os.fsdecode(named) if isinstance(named, (str, bytes, os.PathLike)) else ""
    return os.path.abspath(path) if path and not path.startswith((":memory:", "file:")) else path


def is_for_writing(mode: object, flags: object) -> bool:
    """Say whether a file is opened to be changed, by ``open`` or by ``os.open``."""
    if isinstance(mode, str):
        return bool(set(mode) & set("wax+"))
    return isinstance(flags, int) and bool(flags & WRITING)


def run_the_next() -> None:
    """Run the module that this one hides."""
    rest = [folder for folder in sys.path if os.path.abspath(folder or ".") != HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", rest)
    if spec and spec.loader:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if TAPE:
    on_tape = open_tape()
    on_tape(saw="process", argv=getattr(sys, "orig_argv", []))
    record_reads(on_tape)
    record_events(on_tape)
run_the_next()
