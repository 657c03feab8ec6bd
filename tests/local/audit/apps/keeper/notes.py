"""The backing service: notes in whatever REDIS_URL names, spoken to over a socket."""

import os
import socket
from urllib.parse import urlsplit

REDIS_URL = os.environ["REDIS_URL"]


def ask(*words):
    url = urlsplit(REDIS_URL)
    with socket.create_connection((url.hostname, url.port), timeout=5) as wire, wire.makefile("rb") as answers:
        for line in (("AUTH", url.username, url.password), words):
            wire.sendall(encoded(line))
            answer = decoded(answers)
        return answer


def encoded(words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words)


def decoded(answers):
    kind, rest = answers.read(1), answers.readline().strip().decode()
    if kind == b"*":
        return [decoded(answers) for _ in range(int(rest))]
    if kind == b"$":
        return answers.read(int(rest) + 2)[:-2].decode()
    if kind == b"-":
        raise RuntimeError(rest)
    return rest


def add(text):
    ask("RPUSH", "notes", text)


def read():
    return ask("LRANGE", "notes", "0", "-1")
