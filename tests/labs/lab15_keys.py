"""Keys of the bank that change while customers buy, and all the places in which a key must not be."""

from __future__ import annotations

import asyncio
import contextlib
import stat
from collections.abc import Iterator

import psutil

from capsize.check import Judge
from capsize.waiting import came_true
from workbench.customers import Answer, Customers, tally
from workbench.labs.sidecar_control import Podside

GRACE = 8.0  # seconds that an old key is taken beside a new one, on a busy machine
PAUSE = 0.02  # seconds between two orders of a customer
LOOK = 0.05  # seconds between two looks at the processes
LONGEST = 2_000_000  # bytes of a file that is searched
EVERYTHING = 100_000  # lines of a log
OPEN_WITH_KEY = "was open to others with the key in it"  # what src/shop/sidecar/keeper_app.py writes down
HANDED = "a key was handed to"  # and this, of what a keeper starts: it may be over between two looks


class Keys:
    """A pod whose bank asks for a key, and customers who go on buying."""

    def __init__(self, judge: Judge, pod: Podside, customers: Customers) -> None:
        self.judge, self.pod, self.customers = judge, pod, customers
        self.answers: list[Answer] = []
        self.all: list[str] = []
        self.file = pod.stack.folder / "volume-key" / "key"
        self.told: set[str] = set()  # where a key was seen while all went on

    async def first(self) -> None:
        """Have the bank ask for a key from now on, and wait until it is in the file."""
        self.judge.done("had the bank ask for a key, and put one into the vault")
        self.all.append(await self.pod.issue())
        there = await came_true(self.file.exists, GRACE)
        self.judge.expect(
            there, expected="the key comes from the vault into the file", got="no file" if not there else "it does"
        )

    async def keep_watching(self) -> None:
        """Look into the pod's processes again and again: what a keeper starts may be over in a moment."""
        while True:
            self.told |= {where for where, text in self.processes() if self.holds(text)}
            await asyncio.sleep(LOOK)

    async def keep_buying(self) -> None:
        """Order one thing after the other."""
        while True:
            self.answers.append(await self.customers.order({"shackle": 1}))
            await asyncio.sleep(PAUSE)

    async def rotate(self, words: str) -> None:
        """Give out a new key, wait until the bank sees it, and withdraw the old one."""
        there = self.file.exists()
        self.judge.expect(
            there,
            expected="the file is there all the time, or a request of a customer fails",
            got="it is" if there else "there is none at the moment",
            look=self.judge.place("file"),
        )
        with self.file.open() as old:
            self.all.append(await self.pod.issue())
            is_used = await self.pod.until_used(self.all[-1], seconds=GRACE)
            read = old.read()
        self.judge.expect(is_used, expected=words, got="it is" if is_used else f"not within {GRACE:g} s")
        self.judge.expect(
            read == self.all[-2],
            expected="who had the file open reads the old key to its end",
            got="the old key" if read == self.all[-2] else "the new one, or a part" if read else "nothing",
            look=self.judge.place("write_text"),
        )
        await self.pod.withdraw()
        seen = len(self.answers)
        await came_true(lambda: len(self.answers) > seen + 5, GRACE)

    async def rotate_in_trouble(self) -> None:
        """Give out a key while the keeper is dead, and one while nobody reaches the vault."""
        self.judge.done("killed the keeper, gave out a new key meanwhile, and started it; withdrew the old key")
        fault = await asyncio.to_thread(self.pod.stack.instance("keeper-1").kill)
        seen = len(self.answers)
        await came_true(lambda: len(self.answers) > seen + 5, GRACE)
        await asyncio.to_thread(fault.heal)
        await self.rotate("a keeper that comes back brings a new key")
        self.judge.done("cut the way to the vault for a while, and gave out one more key")
        with self.pod.stack.edge("keeper", "vault").cut():
            seen = len(self.answers)
            await came_true(lambda: len(self.answers) > seen + 20, GRACE)
        await self.rotate("once the vault is back, a new key is brought")

    def judge_answers(self) -> None:
        """Judge what customers heard."""
        failed = [answer for answer in self.answers if not answer.placed]
        self.judge.expect(
            not failed,
            expected="no request of a customer fails while keys change",
            got=f"{tally(failed)} of {len(self.answers)}" if failed else "none did",
            evidence=[f"{answer.kind} {answer.body}"[:200] for answer in failed[:3]],
        )

    def judge_secrecy(self) -> None:
        """Judge where the keys are, of all that ever were."""
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in self.file.parent.iterdir()}
        wide = {name: f"{mode:o}" for name, mode in modes.items() if mode & 0o077}
        self.judge.expect(
            not wide,
            expected="nobody but its user may open the key's file: mode 600",
            got=f"{wide}" if wide else "nobody may",
            look=self.judge.place("file"),
        )
        log = self.pod.stack.logs("keeper", EVERYTHING).splitlines()
        handed = [line for line in log if HANDED in line]
        where = ", ".join(sorted(self.told)) or ("a command line or an environment" if handed else "")
        self.judge.expect(
            not where,
            expected="no key is in an environment or a command line",
            got=f"one is in {where}" if where else "none is",
            evidence=handed[:3],
        )
        told = [name for name, text in self.files() if self.holds(text)]
        self.judge.expect(
            not told,
            expected="no key is in a log, or in any other file",
            got=f"it is in {', '.join(told)}" if told else "none is",
            look=self.judge.place("log.info"),
        )
        early = [line for line in log if OPEN_WITH_KEY in line]
        self.judge.expect(
            not early,
            expected="the mode of the key's file is 600 before the key is in it",
            got="others could open it, for a moment" if early else "it is",
            evidence=early[:3],
            look=self.judge.place("file"),
        )

    def holds(self, text: str) -> bool:
        return any(key in text for key in self.all)

    def processes(self) -> Iterator[tuple[str, str]]:
        """Read the environments and command lines of the keeper, and of all that it has started."""
        with contextlib.suppress(psutil.Error, TypeError):  # gone meanwhile
            own = psutil.Process(self.pod.stack.instance("keeper-1").pid)
            for process in (own, *own.children(recursive=True)):
                yield "a command line", " ".join(process.cmdline())
                yield "an environment", str(process.environ())

    def files(self) -> Iterator[tuple[str, str]]:
        """Read what there is in the stack's folder, but the databases' own files and the key's."""
        for path in self.pod.stack.folder.rglob("*"):
            is_own = path == self.file or any(part.endswith("db-1") for part in path.parts)
            if path.is_file() and not is_own and path.stat().st_size <= LONGEST:
                yield path.name, path.read_text(errors="replace")
