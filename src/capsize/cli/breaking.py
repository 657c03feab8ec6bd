"""Breaking a stack that is up, from another terminal: its instances and its wires."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from capsize.cli.words import StackName, panel
from capsize.errors import CapsizeError

Instance = Annotated[str, typer.Argument(metavar="INSTANCE", help="An instance name from `capsize ps`: shop-1.")]
Caller = Annotated[str, typer.Argument(metavar="CALLER", help='A service, or outside; or the wire itself: "shop>db".')]
Callee = Annotated[str | None, typer.Argument(metavar="CALLEE", help="The service that it calls.")]
Percent = Annotated[float, typer.Option(help="Of how many requests, in percent.")]
ON_INSTANCES = {
    "kill": "Kill an instance at once (SIGKILL), as a crash would.",
    "stop": "Stop an instance gracefully (SIGTERM, then SIGKILL after the grace period); it stays stopped.",
    "pause": "Freeze an instance (SIGSTOP): it keeps its connections and answers nothing.",
    "resume": "Let a paused instance go on.",
    "restart": "Restart an instance, or start it if it has ended.",
}


def add_to(app: typer.Typer) -> None:
    command = panel(app, "Break")
    for verb, words in ON_INSTANCES.items():
        command(verb)(_on_instance(verb, words))
    for act in (delay, fail, lose, cut, sticky, heal):
        command()(act)


def _on_instance(verb: str, words: str) -> Callable[..., None]:
    def act(who: Instance, stack: StackName = None) -> None:
        _ask(stack, do=verb, who=who)
        print(f"{verb} {who}: done")

    act.__doc__ = f"{words}\n\nExamples:  capsize {verb} shop-1"
    return act


def delay(
    caller: Caller,
    callee: Callee = None,
    ms: Annotated[float, typer.Option(help="How long each waits, in milliseconds.")] = 300,
    percent: Percent = 100,
    stack: StackName = None,
) -> None:
    """Make requests on a wire wait.

    Examples:  capsize delay outside shop --ms 500  ·  capsize delay shop db --ms 50
    """
    _on_wire(stack, caller, callee, do="delay", ms=ms, percent=percent)


def fail(
    caller: Caller,
    callee: Callee = None,
    status: Annotated[int, typer.Option(help="The HTTP status that is answered instead.")] = 503,
    percent: Percent = 100,
    stack: StackName = None,
) -> None:
    """Make requests on a wire fail; they never arrive.

    Examples:  capsize fail outside shop --percent 10
    """
    _on_wire(stack, caller, callee, do="fail", status=status, percent=percent)


def lose(caller: Caller, callee: Callee = None, percent: Percent = 100, stack: StackName = None) -> None:
    """Lose answers on a wire: the request arrives and is acted on, and the caller gets 504.

    Examples:  capsize lose outside shop --percent 10
    """
    _on_wire(stack, caller, callee, do="lose", percent=percent)


def cut(caller: Caller, callee: Callee = None, stack: StackName = None) -> None:
    """Cut a wire: new connections are refused and present ones closed.

    Examples:  capsize cut shop db
    """
    _on_wire(stack, caller, callee, do="cut")


def sticky(
    caller: Caller,
    callee: Callee = None,
    off: Annotated[bool, typer.Option("--off", help="Balance over all instances again.")] = False,
    stack: StackName = None,
) -> None:
    """Bring each caller back to the instance that served it first, by a cookie.

    Examples:  capsize sticky outside shop  ·  capsize sticky outside shop --off
    """
    _on_wire(stack, caller, callee, do="in_turns" if off else "sticky")


def heal(
    caller: Annotated[str | None, typer.Argument(metavar="[CALLER]")] = None,
    callee: Annotated[str | None, typer.Argument(metavar="[CALLEE]")] = None,
    stack: StackName = None,
) -> None:
    """Undo what is done to a wire; without a wire, to every wire and every instance.

    Examples:  capsize heal  ·  capsize heal shop db
    """
    if caller:
        _on_wire(stack, caller, callee, do="heal")
    else:
        _heal_all(stack)


def _heal_all(which: str | None) -> None:
    from capsize.session import remote_control as control

    remote = control.choose(which)
    now = remote.ask(do="snapshot")
    acts = [{"do": "heal", "edge": edge["name"]} for edge in now["edges"] if edge["fault"]]
    acts += [{"do": "in_turns", "edge": edge["name"]} for edge in now["edges"] if edge["sticky"]]
    instances = [one for service in now["services"] for one in service["instances"]]
    acts += [{"do": HEALS[one["state"]], "who": one["name"]} for one in instances if one["state"] in HEALS]
    for act in acts:
        remote.ask(**act)
        print(f"{act['do']} {act.get('edge') or act.get('who')}: done")
    if not acts:
        print("nothing to heal")


HEALS = {"paused": "resume", "stopped": "restart", "crashed": "restart"}


def _on_wire(which: str | None, caller: str, callee: str | None, **command: Any) -> None:
    wire = _wire(command["do"], caller, callee)
    _ask(which, edge=wire, **command)
    print(f"{command['do']} {wire}: done")


def _wire(verb: str, caller: str, callee: str | None) -> str:
    first, _, second = caller.partition(">")
    ends = (first.strip(), (callee or second).strip())
    if not all(ends):
        wire = f'capsize {verb} {ends[0] or "shop"} db, or in quotes: capsize {verb} "{ends[0] or "shop"}>db"'
        raise CapsizeError("a wire has two ends", expected="a caller and whom it calls", got=caller, next=wire)
    return ">".join(ends)


def _ask(which: str | None, **command: Any) -> None:
    from capsize.session import remote_control as control

    control.choose(which).ask(**command)
