"""Dockerfile -> what its last stage says of running: the command, the folder, the environment, which files are where.

What it installs (``RUN``, ``COPY --from``) is not done: packages come from the Python that runs the service. A line
that would change what runs and cannot be read is refused.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from capsize.stack import server_ports
from capsize.stack.build import Build
from capsize.stack.copied_files import Copy, copied, seen
from capsize.stack.dockerfile_lines import Instruction, expand, read
from capsize.stack.model import Location, Service
from capsize.stack.refusal import Findings, StackFileError, one_of

DOCKERFILE = "Dockerfile"
IGNORED = ("RUN", "LABEL", "USER", "VOLUME", "MAINTAINER")  # they build, describe or protect the image
INSTALLED = ("PATH", "VIRTUAL_ENV", "PYTHONHOME", "LD_LIBRARY_PATH")  # where the image has its programs
STAGE = re.compile(r"(?P<image>\S+)(?:\s+[Aa][Ss]\s+(?P<name>\S+))?")
SHELL = ("/bin/sh", "-c")
SIGNALS = ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGKILL")


@dataclass(frozen=True)
class Image:
    """What an image that is built from a Dockerfile runs. ``copies`` are the files in it: folders of the host."""

    build: Build
    defaults: Mapping[str, str] = field(default_factory=dict)  # of the ARGs before the first FROM
    arguments: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    workdir: str = "/"
    shell: tuple[str, ...] = SHELL
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    exposed: tuple[int, ...] = ()
    stop_signal: str | None = None
    healthcheck: Location | None = None

    @property
    def variables(self) -> Mapping[str, str]:
        """What a ``$`` in the file means: ENV wins over ARG."""
        return {**self.arguments, **self.environment}


def completed(service: Service, *, is_whole: bool = False, asked: bool = True) -> Service:
    """Return the service with what its Dockerfile says where its own file says nothing.

    Its command follows the ENTRYPOINT, unless it ``is_whole``; a HEALTHCHECK counts where the platform has ``asked``.
    Raise StackFileError with every line that cannot be read.
    """
    if service.build is None:
        return service
    image = image_of(service.build)
    _refuse_what_is_not_said(image, service, asked)
    command = service.command if is_whole else (*image.entrypoint, *(service.command or image.command))
    environment = {**image.environment, **service.environment}
    workdir = service.working_dir or image.workdir
    return replace(
        service,
        command=command,
        environment=environment,
        volumes=(*service.volumes, *seen(image.copies, workdir, service.volumes)),
        working_dir=workdir,
        stop_signal=image.stop_signal or service.stop_signal,
        container_port=service.container_port
        or server_ports.port(command, environment)
        or next(iter(image.exposed), None),
    )


def _refuse_what_is_not_said(image: Image, service: Service, asked: bool) -> None:
    if not (image.entrypoint or service.command or image.command):
        expected = "a CMD in its last stage, or a command in the stack's file"
        place = Location(image.build.dockerfile, 1)
        raise StackFileError(f"nothing says what {service.name} runs", place=place, expected=expected)
    if image.healthcheck and asked and service.readiness is None:
        expected = "the same as a healthcheck or probe in the stack's file"
        raise StackFileError("HEALTHCHECK is not read", place=image.healthcheck, expected=expected)


def image_of(build: Build) -> Image:
    """Read a Dockerfile to its last stage, or to ``target``, through the stages that it is made from."""
    instructions = read(build.dockerfile)
    first = next((at for at, one in enumerate(instructions) if one.word == "FROM"), len(instructions))
    defaults = (pair for line in instructions[:first] if line.word == "ARG" for pair in _pairs(line))
    image, findings = Image(build, dict(defaults)), Findings()
    for line in _lines_of(instructions[first:], build):
        image = findings.attempt(functools.partial(_taken_in, image, line), image)
    findings.tell()
    return image


def _lines_of(instructions: tuple[Instruction, ...], build: Build) -> list[Instruction]:
    """List what makes the wanted stage: the lines of each stage that it is built on, and its own."""
    starts = [at for at, one in enumerate(instructions) if one.word == "FROM"]
    if not starts:
        place = Location(build.dockerfile, 1)
        raise StackFileError("there is no FROM", place=place, expected="FROM python:3.13-slim, say")
    stages = [instructions[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    names = [_stage(stage[0])[1] for stage in stages]
    if build.target and build.target.lower() not in names:
        known = one_of(build.target, filter(None, names))
        raise StackFileError("there is no such stage", place=stages[-1][0].place, expected=known, got=build.target)
    number = names.index(build.target.lower()) if build.target else len(stages) - 1
    chain = [stages[number][1:]]
    while (parent := _stage(stages[number][0])[0]) in names[:number]:
        number = names.index(parent)
        chain.insert(0, stages[number][1:])
    return [line for stage in chain for line in stage]


def _stage(line: Instruction) -> tuple[str, str]:
    found = STAGE.fullmatch(line.text)
    if not found:
        raise line.refuse("this stage is not understood", expected="FROM image, or FROM image AS name")
    return found["image"].lower(), (found["name"] or "").lower()


def _taken_in(image: Image, line: Instruction) -> Image:
    if line.word in IGNORED:
        return image
    if line.word not in INSTRUCTIONS:
        known = one_of(line.word, [*INSTRUCTIONS, *IGNORED])
        raise line.refuse("this instruction is not read", expected=known, got=line.word)
    return INSTRUCTIONS[line.word](image, line)


def _arg(image: Image, line: Instruction) -> Image:
    found = {name: expand(value or image.defaults.get(name, ""), image.variables) for name, value in _pairs(line)}
    return replace(image, arguments={**image.arguments, **found, **_known(image.build.args, found)})


def _known(given: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name in names}


def _env(image: Image, line: Instruction) -> Image:
    name, _, rest = line.text.partition(" ")
    pairs = [(name, rest.strip())] if "=" not in name else list(_pairs(line))
    found = {name: expand(value, image.variables) for name, value in pairs if name not in INSTALLED}
    return replace(image, environment={**image.environment, **found})


def _pairs(line: Instruction) -> Iterator[tuple[str, str]]:
    for word in line.words():
        name, _, value = word.partition("=")
        yield name, value


def _workdir(image: Image, line: Instruction) -> Image:
    words = line.words()
    folder = expand(words[0] if words else "", image.variables)
    return replace(image, workdir=posixpath.normpath(posixpath.join(image.workdir, folder)))


def _copy(image: Image, line: Instruction) -> Image:
    if "from" in line.options:
        return image  # what another image or stage has made: programs, installed packages
    words = [expand(word, image.variables) for word in line.words()]
    return replace(image, copies=(*image.copies, *copied(line, words, image.build.context, image.workdir)))


def _cmd(image: Image, line: Instruction) -> Image:
    return replace(image, command=_command(image, line))


def _entrypoint(image: Image, line: Instruction) -> Image:
    return replace(image, entrypoint=_command(image, line))


def _command(image: Image, line: Instruction) -> tuple[str, ...]:
    words = line.exec_form()
    return words if words is not None else (*image.shell, line.text)


def _shell(image: Image, line: Instruction) -> Image:
    words = line.exec_form()
    if not words:
        raise line.refuse("this is not a shell", expected='a list: ["/bin/bash", "-c"]')
    return replace(image, shell=words)


def _expose(image: Image, line: Instruction) -> Image:
    words = [expand(word, image.variables).removesuffix("/tcp") for word in line.words()]
    return replace(image, exposed=(*image.exposed, *(int(word) for word in words if word.isdecimal())))


def _stopsignal(image: Image, line: Instruction) -> Image:
    if line.text not in SIGNALS:
        raise line.refuse("this signal is not known", expected=one_of(line.text, SIGNALS))
    return replace(image, stop_signal=line.text)


def _healthcheck(image: Image, line: Instruction) -> Image:
    return replace(image, healthcheck=None if line.text.upper() == "NONE" else line.place)


def _onbuild(_: Image, line: Instruction) -> Image:
    raise line.refuse("what an image does in the builds of others is not read", expected="no ONBUILD")


INSTRUCTIONS: Mapping[str, Callable[[Image, Instruction], Image]] = {
    "ARG": _arg,
    "ENV": _env,
    "WORKDIR": _workdir,
    "COPY": _copy,
    "ADD": _copy,
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "SHELL": _shell,
    "EXPOSE": _expose,
    "STOPSIGNAL": _stopsignal,
    "HEALTHCHECK": _healthcheck,
    "ONBUILD": _onbuild,
}
