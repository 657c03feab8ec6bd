"""Interrupts that reach a cell which awaits, at once.

ipykernel takes Ctrl-C as a callback of its event loop, but nothing wakes the loop for it: a cell that waits for one
distant thing would hear of it only then. A byte on a socket, written by the signal itself, wakes the loop.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import threading


def wake_on_interrupt(loop: asyncio.AbstractEventLoop) -> None:
    """Let every signal wake the loop, unless something else is told of signals. From the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    former = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    if former != -1:
        signal.set_wakeup_fd(former)
        reader.close()
        writer.close()
        return
    loop.add_reader(reader, _drain, reader, writer)  # holds both for as long as the loop lives


def _drain(reader: socket.socket, _: socket.socket) -> None:
    reader.recv(4096)
