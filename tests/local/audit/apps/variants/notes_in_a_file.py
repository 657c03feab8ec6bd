"""The notes in a file of SQLite beside the code, whatever the environment says."""

import sqlite3


def opened():
    file = sqlite3.connect("notes.db")
    file.execute("CREATE TABLE IF NOT EXISTS notes (text TEXT)")
    return file


def add(text):
    with opened() as file:
        file.execute("INSERT INTO notes VALUES (?)", (text,))


def read():
    return [text for (text,) in opened().execute("SELECT text FROM notes")]
