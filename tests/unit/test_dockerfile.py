"""Dockerfiles as strangers write them: what they say of running, and what is refused, with its line."""

from __future__ import annotations

import pytest

from capsize.stack import compose
from capsize.stack.refusal import StackFileError

COMPOSE = 'services: {web: {build: BUILD, ports: ["8000:8000"]}}\n'
PLAIN = """\
FROM python:3.13-slim
WORKDIR /code
COPY ./requirements.txt /code/requirements.txt
RUN pip install --no-cache-dir \\
    # the list
    -r /code/requirements.txt
COPY ./app /code/app
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "80"]
"""


@pytest.fixture
def web(tmp_path):
    """Read the service ``web`` that is built from a Dockerfile, with a few files beside it."""

    def read(dockerfile, build=".", more=""):
        (tmp_path / "app").mkdir(exist_ok=True)
        for name in ("requirements.txt", "app/main.py", "main.py"):
            (tmp_path / name).write_text("")
        (tmp_path / "Dockerfile").write_text(dockerfile)
        (tmp_path / "compose.yaml").write_text(COMPOSE.replace("BUILD", build).replace("ports:", f"{more} ports:"))
        return compose.read(tmp_path / "compose.yaml", dockerfiles=True).services["web"]

    return read


def test_the_dockerfile_says_what_runs_where(web, tmp_path):
    """Command, folder and port come from the last stage, and the files are this machine's own."""
    service = web(PLAIN)
    assert (service.command[:2], service.working_dir, service.listens) == (("uvicorn", "app.main:app"), "/code", 80)
    assert {volume.target: volume.source for volume in service.volumes} == {
        "/code": str(tmp_path),
        "/code/requirements.txt": str(tmp_path / "requirements.txt"),
        "/code/app": str(tmp_path / "app"),
    }


def test_the_compose_file_wins(web):
    """A command and a variable of the Compose file take the place of those in the image."""
    service = web(PLAIN + "ENV A=1 B=2\n", more="command: [python, main.py], environment: {B: three},")
    assert (service.command, service.environment) == (("python", "main.py"), {"A": "1", "B": "three"})


def test_the_command_follows_the_entrypoint(web):
    """As in Docker, a Compose file's command is what the ENTRYPOINT gets."""
    text = 'FROM python\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["python", "main.py"]\nCMD ["--quiet"]\n'
    assert web(text).command == ("python", "main.py", "--quiet")
    assert web(text, more="command: --loud,").command == ("python", "main.py", "--loud")


def test_a_line_for_the_shell_stays_one(web):
    """Shell form runs in a shell, the file's own SHELL too."""
    text = "FROM python\nWORKDIR /app\nCOPY . .\nCMD python main.py && echo done\n"
    assert web(text).command == ("/bin/sh", "-c", "python main.py && echo done")
    assert web(text.replace("CMD", 'SHELL ["bash", "-c"]\nCMD')).command[0] == "bash"


def test_stages_are_followed(web):
    """A stage has what the stages below it have; what it only copies from is not asked."""
    text = (
        "ARG V=3.13\nFROM golang AS tools\nONBUILD RUN x\nFROM python:$V AS base\nENV A=1\nWORKDIR /app\n"
        'FROM base AS run\nCOPY --from=tools /x /x\nCOPY . .\nCMD ["python", "main.py"]\n'
        'FROM base AS other\nCMD ["x"]\n'
    )
    service = web(text, build="{context: ., target: run}")
    assert (service.command, service.environment, service.working_dir) == (("python", "main.py"), {"A": "1"}, "/app")


def test_variables_are_filled_in(web):
    """ARG has the build's value or its default, ENV wins over it, and PATH is the machine's own."""
    text = (
        "FROM python\nARG HOME_OF=/x\nARG B\nENV ROOT=${HOME_OF}/app N=${B:-none} PATH=/x:$PATH\nWORKDIR $ROOT\nCMD x\n"
    )
    service = web(text, build="{context: ., args: {HOME_OF: /y}}")
    assert (service.working_dir, service.environment) == ("/y/app", {"ROOT": "/y/app", "N": "none"})


def test_what_a_volume_covers_is_not_the_images(web, tmp_path):
    """A folder that the Compose file mounts hides what the image has there, as in Docker."""
    service = web("FROM python\nWORKDIR /app\nCOPY app /app\nCMD x\n", more='volumes: [".:/app"],')
    assert [(volume.target, volume.source) for volume in service.volumes] == [("/app", str(tmp_path))]


def test_heredocs_are_passed_over(web):
    """The lines of a script in a RUN are no instructions."""
    assert web("FROM python\nRUN <<EOF\nCMD no\nEOF\nCMD yes\n").command[-1] == "yes"


REFUSED = {
    "no FROM": ("CMD x\n", "Dockerfile:1: there is no FROM"),
    "no command": ("FROM python\n", "Dockerfile:1: nothing says what web runs"),
    "a typing mistake": ("FROM python\nWORKDIRR /app\nCMD x\n", "Dockerfile:2: WORKDIRR: this instruction is not read"),
    "files in the root": ("FROM python\nCOPY . .\nCMD x\n", "Dockerfile:2: COPY: these files go into the root"),
    "no such file": ("FROM python\nWORKDIR /app\nCOPY src .\nCMD x\n", "Dockerfile:3: COPY: there is no src"),
    "a fetched file": ("FROM python\nWORKDIR /a\nADD https://x/y .\nCMD x\n", "Dockerfile:3: ADD: this is fetched"),
    "several folders": (
        "FROM python\nWORKDIR /a\nCOPY app /a\nCOPY main.py /a/main.py\nCMD x\n",
        "Dockerfile:4: COPY: /a/main.py is not where it is on this machine",
    ),
    "a health check": ("FROM python\nHEALTHCHECK CMD x\nCMD x\n", "Dockerfile:2: HEALTHCHECK is not read"),
    "another escape": ("# escape=`\nFROM python\nCMD x\n", "Dockerfile:1: this escape character"),
    "a signal": ("FROM python\nSTOPSIGNAL SIGTREM\nCMD x\n", "Dockerfile:2: STOPSIGNAL: this signal"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_its_line(web, text, words):
    """Nothing that changes what runs is passed over in silence."""
    with pytest.raises(StackFileError) as refused:
        web(text)
    assert words in str(refused.value)


def test_all_lines_are_told_at_once(web):
    """Two lines that cannot be read are one error."""
    with pytest.raises(StackFileError) as refused:
        web("FROM python\nWORKDIR /app\nCOPY src .\nADD x.tar .\nCMD x\n")
    assert ["Dockerfile:3" in str(refused.value), "Dockerfile:4" in str(refused.value)] == [True, True]


def test_no_dockerfile_is_told_with_the_path(web, tmp_path):
    """A build without its Dockerfile names the file that it looked for."""
    with pytest.raises(StackFileError) as refused:
        web(PLAIN, build="{context: ., dockerfile: other/Dockerfile}")
    assert f"{tmp_path}/other/Dockerfile:1" in str(refused.value)
