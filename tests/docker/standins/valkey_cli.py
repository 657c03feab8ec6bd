#!/usr/bin/env python3
"""As much of valkey-cli as a health check needs: AUTH with $VALKEYCLI_AUTH, its words, and the answer printed."""

import os
import socket
import sys


def line(*words: str) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words)


with socket.create_connection(("127.0.0.1", 6379), timeout=2) as wire:
    answers = wire.makefile("rb")
    if "VALKEYCLI_AUTH" in os.environ:
        wire.sendall(line("AUTH", os.environ["VALKEYCLI_AUTH"]))
        answers.readline()
    wire.sendall(line(*sys.argv[1:]))
    print(answers.readline().decode().strip().lstrip("+-"))
