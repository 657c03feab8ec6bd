"""The notes in this process's own memory."""

written = []


def add(text):
    written.append(text)


def read():
    return written
