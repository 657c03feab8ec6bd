"""The twelve factors in their order: numeral, name, and the question that the audit puts to an app."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Factor:
    """One of the twelve. ``slug`` names its page on https://12factor.net."""

    numeral: str
    name: str
    question: str
    slug: str


FACTORS = tuple(
    Factor(*row)
    for row in (
        ("I", "Codebase", "Does one commit make two deploys?", "codebase"),
        ("II", "Dependencies", "Does the declared list suffice?", "dependencies"),
        ("III", "Config", "Does the environment decide what differs between deploys?", "config"),
        ("IV", "Backing services", "Does a URL alone swap a backing service?", "backing-services"),
        ("V", "Build, release, run", "Does a release stay as it was built?", "build-release-run"),
        ("VI", "Processes", "Does another process know what one was told?", "processes"),
        ("VII", "Port binding", "Does it serve others at the port it is given?", "port-binding"),
        ("VIII", "Concurrency", "Do two copies run side by side?", "concurrency"),
        ("IX", "Disposability", "Does it finish what it began when it is told to stop?", "disposability"),
        ("X", "Dev/prod parity", "Is what is developed on what runs in production?", "dev-prod-parity"),
        ("XI", "Logs", "Does it write events to its standard output, and to no file?", "logs"),
        ("XII", "Admin processes", "Does an admin command run in the release's own environment?", "admin-processes"),
    )
)
BY_NUMERAL = {factor.numeral: factor for factor in FACTORS}
