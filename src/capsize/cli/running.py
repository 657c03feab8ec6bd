"""Running a lab's stack in a terminal, and looking at the stacks that are up anywhere."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsize.cli.named import named
from capsize.cli.words import AsJson, Code, LabOrPath, On, Python, StackName, panel, say_json, say_table
from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.session.remote_control import Remote
    from capsize.session.running import RunningStack

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHOWN_EVERY = 0.2
INTERVAL = 0.5  # seconds between two looks at a stack's figures


def add_to(app: typer.Typer) -> None:
    command = panel(app, "Run")
    for verb in (up, ps, board, logs, scale, roll):
        command()(verb)


def up(
    which: LabOrPath,
    code: Code = None,
    on: On = "processes",
    python: Python = None,
    as_json: AsJson = False,
) -> None:
    """Start a lab's stack, or one of your own, and keep it up until Ctrl-C (or SIGTERM); nothing is left of it then.

    With --json it prints one line when all is ready: urls, instances, seconds.

    Examples:  capsize up 01  ·  capsize up 01 --code starter --json  ·  capsize up 01 --on docker  ·
    capsize up ./compose.yaml  ·  capsize up ~/shop --python ~/shop/.venv
    """
    lab = named(which, code=code, python=python)
    began = time.monotonic()
    is_ready = False
    try:
        with _endings_interrupt(), ExitStack() as undo:
            undo.callback(lab.down)
            stack = lab.up(on=on)
            is_ready = True
            seconds = time.monotonic() - began
            say_json(_ready(stack, seconds)) if as_json else _say_ready(stack, seconds)
            _stay(stack, which)
    except KeyboardInterrupt:
        raise typer.Exit(0 if is_ready else 130) from None


def ps(as_json: AsJson = False) -> None:
    """List the stacks that are up, in this terminal's notebooks or others: instances, then wires.

    Examples:  capsize ps  ·  capsize ps --json
    """
    from capsize.session import remote_control as control

    stacks = list(control.snapshots())
    if any(isinstance(found, dict) for _, found in stacks):  # a rate is what happens between two looks
        time.sleep(INTERVAL)
        stacks = list(control.snapshots())
    if as_json:
        say_json([{"pid": stack.pid, **_as_json(stack, found)} for stack, found in stacks])
        return
    if not stacks:
        print("no stack is up; start one: capsize up 01, or one of your own: capsize up PATH")
    for stack, found in stacks:
        say_snapshot(str(stack), found) if isinstance(found, dict) else print(found)


def board(
    which: Annotated[
        str | None, typer.Argument(metavar="[STACK]", help="A lab, a path or a pid; the stack that was started last.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 asks for a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser where there is one.")] = True,
) -> None:
    """Show the board of a stack that is up on a page of its own, for a projector say; Ctrl-C ends it.

    Examples:  capsize board  ·  capsize board 08 --no-browser  ·  capsize board ~/shop
    """
    from capsize.board_page import serve

    serve(which, port, browser)


def _as_json(stack: Remote, found: dict[str, Any] | CapsizeError) -> dict[str, Any]:
    if isinstance(found, dict):
        return found
    return {"stack": stack.name, "state": "silent", "why": found.what, "next": found.next}


def logs(
    who: Annotated[str, typer.Argument(metavar="WHO", help="An instance or a service: shop-1, shop.")],
    lines: Annotated[int, typer.Option("-n", "--lines", help="How many of the last lines.")] = 30,
    stack: StackName = None,
) -> None:
    """Print the last lines that an instance wrote.

    Examples:  capsize logs shop-1  ·  capsize logs db -n 100
    """
    from capsize.session import remote_control as control

    print(control.choose(stack).ask(do="logs", who=who, lines=lines))


def scale(
    service: Annotated[str, typer.Argument(metavar="SERVICE")],
    replicas: Annotated[int, typer.Argument(metavar="N")],
    stack: StackName = None,
) -> None:
    """Scale a service to N instances; returns when they are ready or gone.

    Examples:  capsize scale shop 3
    """
    from capsize.session import remote_control as control

    control.choose(stack).ask(do="scale", who=service, replicas=replicas)
    print(f"{service}: {replicas} instances")


def roll(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="A Deployment.")],
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the revision before.")] = False,
    stack: StackName = None,
) -> None:
    """Replace a Deployment's instances, as kubectl rollout restart does; returns when all are ready.

    Examples:  capsize roll shop  ·  capsize roll shop --undo
    """
    from capsize.session import remote_control as control

    control.choose(stack).ask(do="undo" if undo else "roll", who=service)
    print(f"{service}: {'rolled back' if undo else 'rolled out'}")


@contextmanager
def _endings_interrupt() -> Iterator[None]:
    """Have SIGTERM and a closed terminal unwind as Ctrl-C does, once: nothing interrupts the unwinding itself."""
    before = {number: signal.getsignal(number) for number in ENDINGS}

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in ENDINGS:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stay(stack: RunningStack, which: str) -> None:
    while stack.state == "up":
        time.sleep(SHOWN_EVERY)
    raise CapsizeError(f"the stack {stack.name} went down by itself", next=f"capsize up {which}")


def _ready(stack: RunningStack, seconds: float) -> dict[str, Any]:
    from capsize.session import remote_control as control

    instances = [{"name": one.name, "service": one.service, "pid": one.pid} for one in stack.instances]
    return {
        "stack": stack.name,
        "on": stack.on,
        "pid": os.getpid(),
        "urls": control.urls(stack),
        "instances": instances,
        "seconds": round(seconds, 3),
    }


def _say_ready(stack: RunningStack, seconds: float) -> None:
    from capsize.session import remote_control as control

    say_table(("service", "outside"), control.urls(stack).items(), title=f"{stack.name} is up after {seconds:.1f} s")
    for note in stack.model.notes:
        print(f"{note.place}: {note.text}")
    services = stack.model.services
    one = next((i.name for i in reversed(stack.instances) if not services[i.service].image), stack.instances[-1].name)
    print(f"Ctrl-C takes it down. In another terminal: capsize ps, capsize kill {one}, capsize logs {one}")
    print(f"Where several stacks are up, add --stack {os.getpid()}")


def say_snapshot(title: str, words: dict[str, Any]) -> None:
    """Print what a board shows: instances, wires, and queues and rules where there are any."""
    instances = [one for service in words["services"] for one in service["instances"]]
    has_balancer = any(one["targets"] for one in instances)
    columns = [name for name in COLUMNS if has_balancer or name != "balancer"]
    rows = [tuple(COLUMNS[name](one) for name in columns) for one in instances]
    say_table(columns, rows, title=f"{title}, {words['seconds']:.0f} s")
    wires = [(*_wire(edge), _fault(edge["fault"])) for edge in words["edges"]]
    away = "the wires are away, their last figures" if words.get("wires") == "away" and words["state"] == "up" else None
    say_table(("wire", "requests/s", "p50 ms", "p99 ms", "errors", "fault"), wires, title=away)
    if words["queues"]:
        say_table(("queue", "waiting", "in flight", "delivered again"), map(_queue, words["queues"]))
    if words.get("rules"):
        say_table(("rule", "matched", "target", "got", "failed"), map(_rule, words["rules"]))


def _probe(probe: dict[str, Any]) -> str:
    answer = {True: "passes", False: "fails", None: "waits"}[probe["passed"]]
    return f"{probe['kind']} {answer}" + (
        f" {probe['streak']}/{probe['needed']}" if probe["streak"] < probe["needed"] else ""
    )


def _target(target: dict[str, Any]) -> str:
    count = f" {target['streak']}/{target['needed']}" if target["needed"] and target["passed"] is not None else ""
    return f"{target['balancer']}: {target['state']}{count}" + (" (grace period)" if target["spared"] else "")


COLUMNS: dict[str, Callable[[dict[str, Any]], str]] = {
    "instance": lambda one: one["name"],
    "state": lambda one: one["state"],
    "": lambda one: "ready" if one["ready"] else "not ready",
    "rotation": lambda one: "called" if one["in_rotation"] else "out",
    "restarts": lambda one: str(one["restarts"]),
    "probes": lambda one: ", ".join(map(_probe, one["probes"])),
    "balancer": lambda one: ", ".join(map(_target, one["targets"])),
    "last probe": lambda one: one["why"] or "",
}


def _wire(edge: dict[str, Any]) -> tuple[str, ...]:
    figures = (edge["rps"], edge["p50_ms"], edge["p99_ms"], sum(edge["errors"].values()) if edge["errors"] else 0)
    return (edge["name"], *map(_figure, figures))


def _figure(figure: float | None) -> str:
    """Write a figure with as many digits as are worth reading: whole from ten on."""
    if figure is None:
        return "-"
    return f"{figure:.0f}" if figure >= 10 else f"{figure:.2g}"


def _queue(queue: dict[str, Any]) -> tuple[str, ...]:
    """A queue's row; of dead letters nothing is in flight."""
    figures = [str(queue[name]) for name in ("waiting", "in_flight", "redelivered")]
    if queue["dead"]:
        return (f"{queue['stream']}, dead letters", figures[0], "", "")
    return (" ".join(filter(None, (queue["stream"], queue["name"]))), *figures)


def _rule(rule: dict[str, Any]) -> tuple[str, ...]:
    """A rule's row for one of its targets: of how many events it has matched how many, and what the target got."""
    matched = f"{rule['matched']} of {rule['seen']}"
    return (f"{rule['bus']} {rule['name']}", matched, rule["target"] or "none", str(rule["got"]), str(rule["failed"]))


def _fault(fault: dict[str, Any] | None) -> str:
    if not fault:
        return ""
    return " ".join([fault["kind"], *(f"{name}={value:g}" for name, value in fault.items() if name != "kind")])
