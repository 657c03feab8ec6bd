"""JupyterLab as the course wants it: ``python -m capsize.jupyter [--no-browser] [LAB]``.

Opens the course's start page, or one lab, on 127.0.0.1 at a port that is asked for, with settings of its own below
``.jupyter/``, so that your own Jupyter configuration is neither read nor written. Everything after ``--`` goes to
JupyterLab as it is.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from capsize.course.lab_paths import Rooms, find_root, find_slugs
from capsize.errors import CapsizeError

OVERRIDES = Path(__file__).with_name("jupyterlab")
"""The folder whose overrides.json changes JupyterLab's defaults, and whose custom.css makes plots dark in a dark theme.
"""

OWN_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}
START = "/course"
FOREIGN = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTERLAB_DIR", "JUPYTER_NO_CONFIG")


def private_environment(root: Path) -> dict[str, str]:
    """Say which variables keep Jupyter and IPython below ``.jupyter/``; CAPSIZE_JUPYTER names another folder.

    The folder is made, for its owner alone. PATH begins with this environment, so that a terminal finds ``capsize``.
    """
    folder = Path(os.environ.get("CAPSIZE_JUPYTER") or root / ".jupyter").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    return {"PATH": path, **{name: str(folder / own) for name, own in OWN_FOLDERS.items()}}


def adopt_private_environment(root: Path) -> None:
    """Put the private environment in place of the one that this process was given."""
    os.environ.update(private_environment(root))
    for name in FOREIGN:
        os.environ.pop(name, None)


def _copy_style(root: Path) -> None:
    """Put the style of plots where JupyterLab looks for one: below its own settings."""
    style = Path(private_environment(root)["JUPYTER_CONFIG_DIR"]) / "custom" / "custom.css"
    style.parent.mkdir(parents=True, exist_ok=True)
    style.write_bytes((OVERRIDES / "custom.css").read_bytes())


def can_show_browser(environment: Mapping[str, str], platform: str) -> bool:
    """Tell whether opening a browser has a chance: a desktop, or a BROWSER that somebody named."""
    return platform == "darwin" or any(environment.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))


def options(root: Path, opened: str, *, token: str, browser: bool) -> list[str]:
    """Write JupyterLab's command line; ``opened`` is the address that it begins with."""
    return [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.open_browser={browser}",
        f"--ServerApp.allow_root={os.geteuid() == 0}",
        "--Application.log_level=ERROR",
        # not seen by `ps`: JupyterLab runs in this process, and these are not the words that it was started with
        f"--IdentityProvider.token={token}",
        f"--LabApp.default_url={opened}",
        f"--LabApp.app_settings_dir={OVERRIDES}",
        "--LabApp.custom_css=True",
        # a login shell, which it is else where nobody is at a terminal, takes the PATH of /etc/profile
        f"--ServerApp.terminado_settings=shell_command={shlex.quote(os.environ.get('SHELL') or 'sh')}",
        "--LabApp.expose_app_in_browser=True",  # a verdict's buttons open files and run cells
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--KernelManager.transport_encryption=auto",  # without it every kernel warns that it has none
    ]


def run(root: Path, opened: str, *, browser: bool, more: Sequence[str] = ()) -> None:
    """Serve until Ctrl-C, SIGTERM or SIGHUP; then stop every kernel and return."""
    adopt_private_environment(root)
    _copy_style(root)
    from jupyterlab.labapp import LabApp  # reads the environment as it is imported

    from capsize.start_page.handlers import routes

    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    server = LabApp.initialize_server(argv=[*options(root, opened, token=token, browser=browser), *more])
    server.web_app.add_handlers(".*$", routes(root, START))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: server.stop(from_signal=True))
    address = f"http://127.0.0.1:{server.port}{server.default_url}?token={token}"
    server.io_loop.add_callback(print, welcome(address, browser=browser), flush=True)  # it listens by then
    server.start()


def welcome(address: str, *, browser: bool) -> str:
    """Say where the course is, and how to stop."""
    what = "Your browser opens it now" if browser else "Open it in a browser on this machine"
    return f"\n  {address}\n\n  {what}. Ctrl-C stops JupyterLab and everything that it runs.\n"


def address_of(root: Path, lab: str | None) -> str:
    """Say what to open: the start page, or the notebook that a path, a slug or a number names."""
    if lab is None and copies_of(root):
        return START
    if lab is None:
        raise CapsizeError("there is no lab here", place=root, expected="notebooks below labs/", next="capsize doctor")
    return f"/lab/tree/{find_notebook(root, lab).relative_to(root).as_posix()}"


def find_notebook(root: Path, lab: str) -> Path:
    """Find the notebook to open: a path, or your copy of the lab's that a slug or a number names."""
    from capsize.course import Course

    course = Course(root)
    named = Path(lab).absolute()
    if named.is_file() and named.is_relative_to(root):
        return named
    notebook = Rooms(root, course.slug(lab)).notebook
    if not notebook.is_file():
        raise CapsizeError("this lab has no notebook", place=notebook, next="capsize labs")
    return copies_of(root)[notebook]


def copies_of(root: Path) -> dict[Path, Path]:
    """Make your copy of every notebook, for one leads to the next; say which of the course's have changed since."""
    from capsize.course.notebook_copies import copy_of, notice

    everything = [rooms for slug in find_slugs(root) if (rooms := Rooms(root, slug)).notebook.is_file()]
    copies = {rooms.notebook: copy_of(rooms) for rooms in everything}
    for words in filter(None, map(notice, everything)):
        print(words, file=sys.stderr)
    return copies


def main(arguments: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    own, more = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    parser = argparse.ArgumentParser(prog="capsize.jupyter", description="Open the course in JupyterLab.")
    parser.add_argument("lab", nargs="?", help="a slug, a number or a notebook's path; the start page by default")
    parser.add_argument("--no-browser", action="store_true", help="print the address and leave the browser to you")
    asked = parser.parse_args(own)
    try:
        root = find_root()
        browser = not asked.no_browser and can_show_browser(os.environ, sys.platform)
        run(root, address_of(root, asked.lab), browser=browser, more=more)
    except CapsizeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
