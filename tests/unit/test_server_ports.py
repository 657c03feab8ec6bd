"""Commands whose server listens at a port that they name: which one, and the command for another."""

from __future__ import annotations

import shlex

import pytest

from capsize.stack.server_ports import listening_at, port

SERVERS = [
    ("uvicorn app:app --host 0.0.0.0 --port 80", 80, "uvicorn app:app --host 127.0.0.1 --port 7"),
    ("uvicorn app:app --port=80 --reload", 80, "uvicorn app:app --port=7 --reload"),
    ("uvicorn app:app", 8000, "uvicorn --port 7 app:app"),
    ("python -m uvicorn app:app --port 80", 80, "python -m uvicorn app:app --port 7"),
    ("uv run uvicorn app:app --port 80", 80, "uv run uvicorn app:app --port 7"),
    ("/opt/venv/bin/uvicorn app:app --port 80", 80, "/opt/venv/bin/uvicorn app:app --port 7"),
    ("fastapi run app/main.py --port 80", 80, "fastapi run app/main.py --port 7"),
    ("fastapi run app.py", 8000, "fastapi run --port 7 --host 127.0.0.1 app.py"),
    ("fastapi run --host 0.0.0.0 app.py", 8000, "fastapi run --port 7 --host 127.0.0.1 app.py"),
    ("gunicorn -w 2 -b :8080 app:app", 8080, "gunicorn -w 2 -b 127.0.0.1:7 app:app"),
    ("gunicorn --bind=0.0.0.0:80 app:app", 80, "gunicorn --bind=127.0.0.1:7 app:app"),
    ("gunicorn app:app", 8000, "gunicorn --bind 127.0.0.1:7 app:app"),
    ("hypercorn app:app -b [::]:9000", 9000, "hypercorn app:app -b 127.0.0.1:7"),
    ("flask --app hello run -h 0.0.0.0 -p 80", 80, "flask --app hello run -h 127.0.0.1 -p 7"),
    ("flask run", 5000, "flask run --port 7"),
    ("python manage.py runserver 0.0.0.0:80", 80, "python manage.py runserver 127.0.0.1:7"),
    ("python manage.py runserver", 8000, "python manage.py runserver 127.0.0.1:7"),
    ("python -m http.server 80", 80, "python -m http.server --bind 127.0.0.1 7"),
    ("python -m http.server", 8000, "python -m http.server 7 --bind 127.0.0.1"),
]
OTHERS = ["python app.py --port 80", "python -m shop.serve shop:app", "pip install uvicorn", "nginx", "sh start.sh 80"]


@pytest.mark.parametrize(("line", "number", "there"), SERVERS)
def test_a_server_is_found_and_moved(line, number, there):
    """A known server's port is read, and the command for another address changes nothing else."""
    command = shlex.split(line)
    assert (port(command), shlex.join(listening_at(command, "127.0.0.1", 7))) == (
        number,
        shlex.join(shlex.split(there)),
    )


@pytest.mark.parametrize("line", OTHERS)
def test_what_is_no_known_server_stays(line):
    """No port is guessed, and no word is changed."""
    command = tuple(shlex.split(line))
    assert (port(command), listening_at(command, "127.0.0.1", 7)) == (None, command)


def test_a_line_of_a_shell_keeps_its_other_words():
    """In ``sh -c`` the server after ``&&`` is the one that is moved, and every blank stays."""
    line = "alembic upgrade  head && exec uvicorn app:app --port 80; echo bye"
    moved = listening_at(("sh", "-c", line), "127.0.0.1", 7)
    assert (port(("sh", "-c", line)), moved) == (80, ("sh", "-c", line.replace("80", "7")))


def test_a_variable_stays():
    """``--port $PORT`` already listens where it is told to."""
    command = ("sh", "-c", "uvicorn app:app --port ${PORT:-80}")
    assert (port(command), listening_at(command, "127.0.0.1", 7)) == (None, command)


def test_a_server_without_an_option_listens_where_its_variable_says():
    """Uvicorn, Flask and gunicorn take their port from a variable where no option says one."""
    assert port(("uvicorn", "app:app"), {"UVICORN_PORT": "80"}) == 80
    assert port(("gunicorn", "app:app"), {"PORT": "81"}) == 81
