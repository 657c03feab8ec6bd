"""Copies cannot share by a disk what two containers could not: a read-only mount, the folder of the code, /tmp."""

from __future__ import annotations

from pathlib import Path

from the_course import check

TWO = """\
import urllib.request
from dataclasses import replace


def two(stack):
    boat = replace(stack.services["boat"], replicas=2)
    return replace(stack, services={"boat": boat})


@exercise("1.1", changed=two)
def test_both_boats_answer(stack, judge):
    answers = {urllib.request.urlopen(stack.url() + "/draught?cargo=4", timeout=5).read() for _ in range(4)}
    judge.claim(answers == {b"5"}, "a draught of 5", bad=answers)
"""
LOCKED = """\
    import fcntl
    with open({path!r}, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return 1 + cargo
"""
SPAWNS = """\
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(name.deeper, cargo).result()
"""
DEEPER = 'NAME = "Otter"\n\n\ndef deeper(cargo):\n    return 1 + cargo\n'


def verdict_on(small, body):
    small.boat(body)
    return check("1.1", "starter", course=small.course)[0]


def test_the_mounted_code_is_read_only_as_in_a_container(small):
    """A write into the working folder fails as it does in a container, and the verdict has the line and the reason."""
    body = '    with open("cargo.txt", "a") as file:\n        file.write("x")\n    return 1 + cargo'
    verdict = verdict_on(small, body)
    assert (verdict.status, verdict.look) == ("refused", "starter/01_boat/boat.py:9"), verdict.text
    assert "OSError: [Errno 30] Read-only file system: 'cargo.txt'" in verdict.text
    assert not (small.root / "starter/01_boat/cargo.txt").exists()
    assert "container_disk" not in verdict.text
    assert "raise OSError" not in verdict.text


def test_a_file_beside_the_module_cannot_be_written_either(small):
    """By what path an answer calls its folder makes no difference."""
    body = '    from pathlib import Path\n    Path(__file__).with_name("cargo.txt").touch()\n    return 1 + cargo'
    assert "Read-only file system" in verdict_on(small, body).text


def test_a_file_that_appears_in_the_code_folder_is_refused_by_name(small):
    """What no interpreter of ours writes is found afterwards, and named."""
    verdict = verdict_on(small, '    import os\n    os.system("echo 4 > cargo.txt")\n    return 1 + cargo')
    assert (verdict.status, verdict.got) == ("refused", "cargo.txt appeared"), verdict.text


def test_a_file_of_the_code_folder_that_changes_is_refused_by_name(small):
    """A change of a file that was there is found too."""
    verdict = verdict_on(small, '    import os\n    os.system("echo \\"#\\" >> name.py")\n    return 1 + cargo')
    assert (verdict.status, verdict.got, verdict.look) == ("refused", "name.py changed", "starter/01_boat/name.py")


def test_a_lock_in_tmp_that_two_copies_open_is_refused_by_name(small, tmp_path):
    """Two copies that meet in /tmp are told which file it was, who opened it, and at which line."""
    small.checks(TWO)
    path = f"/tmp/{tmp_path.parent.name}-{tmp_path.name}.lock"
    verdict = verdict_on(small, LOCKED.format(path=path))
    Path(path).unlink()
    assert (verdict.status, verdict.got) == ("refused", f"{path} was opened by boat-1 and boat-2"), verdict.text
    assert verdict.look == "starter/01_boat/boat.py:10"


def test_copies_that_keep_their_temporary_files_apart_pass(small):
    """Each copy has a folder of its own for temporary files, which it may use as it likes."""
    small.checks(TWO)
    body = LOCKED.format(path="/lock").replace("'/lock'", 'tempfile.gettempdir() + "/lock"')
    verdict = verdict_on(small, f"    import tempfile\n{body}")
    assert verdict.status == "passed", verdict.text


def test_a_pool_by_spawn_leaves_no_bytecode(small):
    """Interpreters that an answer starts itself leave nothing in the learner's folder."""
    small.write("starter/01_boat/name.py", DEEPER)
    verdict = verdict_on(small, SPAWNS)
    assert verdict.status == "passed", verdict.text
    assert not list(small.root.glob("starter/**/__pycache__"))
