"""Keys of the bank that change while customers buy, and all the places in which a key must not be."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import psutil

from capsize.check import Judge
from capsize.check.kit import account, during, until
from shop.sidecar.key_watch import is_open_to_others
from workbench.customers import Customers
from workbench.labs.sidecar_control import Podside

GRACE, BACK = 8.0, 25.0  # seconds that an old key is taken beside a new one, and while a keeper has to start anew
ANSWERED_WITHIN = 20.0  # seconds in which customers have some answers more, on a busy machine too
AT_ONCE, PAUSE = 3, 0.1  # customers, and seconds between two orders of one of them
LOOK, READ = 0.05, 0.02  # seconds between two looks at the processes, and between two readings of the file
LOOKS = 10  # in which a file that is being written has got its name
LONGEST = 2_000_000  # bytes of a file that is searched
EVERYTHING = 100_000  # lines of a log
PART = 4  # letters of a key that nobody may know
LETTERS, RARE = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", "~+"
OPEN_WITH_KEY = "was open to others with the key in it"  # what src/shop/sidecar/key_watch.py writes down
HANDED = "a key was handed to"  # and this, of what a keeper starts: it may be over between two looks
WRITTEN, TAKEN_AWAY = "the key was written into", "the key's file was taken away"


class Keys:
    """A pod whose bank asks for a key, and customers who go on buying."""

    def __init__(self, judge: Judge, pod: Podside, customers: Customers) -> None:
        self.judge, self.pod, self.customers = judge, pod, customers
        self.all: list[str] = []
        self.volume = pod.stack.folder / "volume-key"
        self.file = self.volume / "key"
        self.told: set[str] = set()  # where a key was seen while all went on
        self.broken: list[str] = []  # what was read from the file and is no key
        self.calm = 0  # answers that customers had before anybody was killed or cut off
        judge.point(line=1)

    async def issue(self) -> None:
        """Have the bank give out a key, each of another length; no part of it is in anybody's words by chance."""
        draw = self.judge.draw
        words = ["".join(draw.choices(LETTERS, k=PART - 1)) for _ in range(draw.count(5, 15))]
        self.all.append("".join(f"{word}{draw.choice(RARE)}" for word in words))
        await self.pod.issue(self.all[-1])

    async def first(self) -> None:
        """Have the bank ask for a key from now on, and wait until it is in the file."""
        self.judge.done("had the bank ask for a key, and put one into the vault")
        await self.issue()
        await self.judge.eventually(
            self.file.exists, "the key comes from the vault into the file", "no file", within=GRACE
        )

    def beside(self) -> list[asyncio.Task[None]]:
        """Begin what goes on while keys change: customers buy, and processes and the file are looked at."""
        customers = [self.keep_buying() for _ in range(AT_ONCE)]
        return [asyncio.create_task(work) for work in (*customers, self.keep_watching(), self.keep_reading())]

    async def keep_watching(self) -> None:
        """Look into the pod's processes again and again: what a keeper starts may be over in a moment."""
        while True:
            self.told |= {where for where, text in self.processes() if any(key in text for key in self.all)}
            await asyncio.sleep(LOOK)

    async def keep_reading(self) -> None:
        """Read the file again and again, as the app does."""
        while True:
            try:
                read = self.file.read_text(encoding="utf-8", errors="replace")
            except FileNotFoundError:
                self.broken.append("no file")
            else:
                self.broken += [] if read in self.all else [f"{len(read)} letters that are no key"]
            await asyncio.sleep(READ)

    async def keep_buying(self) -> None:
        """Order one thing after the other."""
        while True:
            await self.customers.order({"shackle": 1})
            await asyncio.sleep(PAUSE)

    async def rotate(self, words: str, *, line: int, grace: float = BACK) -> None:
        """Give out a new key, wait until the bank sees it, and withdraw the old one."""
        sentence = "the file is there all the time, or a request of a customer fails"
        self.judge.claim(self.file.exists(), sentence, "there is none at the moment", look="file", line=line)
        with self.file.open(encoding="utf-8") as old:
            await self.issue()
            is_used = await self.pod.until_used(self.all[-1], seconds=grace)
            read = old.read()
        self.judge.claim(is_used, words, f"not within {grace:g} s", line=line)
        sentence, words = "who had the file open reads the old key to its end", "the new one, or a part"
        self.judge.claim(read == self.all[-2], sentence, words if read else "nothing", look="write_text", line=3)
        await self.pod.withdraw()
        await self.until_bought(5)

    async def rotate_in_calm(self) -> None:
        """Give out two keys while everything works."""
        for number in ("a new key", "another"):
            self.judge.done(f"gave out {number} while customers bought, and withdrew the old one once it was in use")
            await self.rotate("a new key is in use a moment later", line=1, grace=GRACE)
        self.calm = len(self.customers.answers)
        away = [line for line in self.log() if TAKEN_AWAY in line]
        sentence = "the file is there all the time, or a request of a customer fails"
        self.judge.claim(not away, sentence, "it was removed before the next one was there", evidence=away[:1])

    async def rotate_in_trouble(self) -> None:
        """Give out a key while the keeper dies at it, one while it is dead, and one while nobody reaches the vault."""
        self.judge.done("had the keeper die just before it put a new key into its place")
        keeper = self.pod.stack.instance("keeper-1")
        os.kill(keeper.pid, signal.SIGUSR2)
        await self.rotate("a keeper that died over a key comes back and brings it", line=2)
        self.judge.done("killed the keeper, and gave out one more key")
        async with during(keeper.kill):
            await self.until_bought(5)
        await self.rotate("a keeper that comes back brings a new key", line=2)
        self.judge.done("cut the way to the vault for a while, and gave out one more key")
        async with during(self.pod.stack.edge("keeper", "vault").cut):
            await self.until_bought(30)
        await self.rotate("once the vault is back, a new key is brought", line=2)

    async def until_bought(self, orders: int) -> None:
        """Wait until customers have had so many answers more, whatever they say."""
        seen = len(self.customers.answers)
        await until(
            lambda: len(self.customers.answers) > seen + orders,
            "customers are answered",
            within=ANSWERED_WITHIN,
            line=1,
        )

    def judge_answers(self) -> None:
        """Judge what customers heard, and what the app could read."""
        for answers, line in ((self.customers.answers[: self.calm], 1), (self.customers.answers[self.calm :], 2)):
            sentence = "no request of a customer fails while keys change"
            account(self.judge, answers, expected={"201"}, sentence=sentence, line=line)
        words = ", ".join(sorted(set(self.broken)))
        self.judge.claim(not self.broken, "a reader of the file finds a whole key", words, look="file", line=3)

    def judge_secrecy(self) -> None:
        """Judge where the keys are, of all that ever were."""
        log = self.log()
        wide = [
            path.name for path in self.volume.rglob("*") if is_open_to_others(path, self.volume) and self.is_in(path)
        ]
        sentence = "nobody but its user may open the key's file: mode 600"
        self.judge.claim(not wide, sentence, f"others may open {', '.join(wide)}", look="file", line=3)
        early = [line for line in log if OPEN_WITH_KEY in line]
        sentence, words = (
            "the mode of the key's file is 600 before the key is in it",
            "others could open it, for a moment",
        )
        self.judge.claim(not early, sentence, words, evidence=early[:3], look="file", line=3)
        self.judge.point(line=4)
        handed = [line for line in log if HANDED in line]
        where = ", ".join(sorted(self.told)) or ("a command line or an environment" if handed else "")
        sentence = "no key is in an environment or a command line"
        self.judge.claim(not where, sentence, f"one is in {where}", evidence=handed[:3])
        told = [path.name for path in self.betraying()]
        written = [line for line in log if WRITTEN in line]
        sentence = f"no key is in a log, or in any other file, nor a part of one: {PART} letters or more"
        where = ", ".join(told) or "a file, for a moment"
        self.judge.claim(not told and not written, sentence, f"it is in {where}", evidence=written[:1], look="log.info")

    def is_in(self, path: Path) -> bool:
        """Say whether a part of a key is in a file."""
        with contextlib.suppress(OSError):
            return bool(self.parts.search(path.read_text(errors="replace", encoding="utf-8")))
        return False

    def log(self) -> list[str]:
        """Return the keeper's log, of all its processes."""
        lines: list[str] = self.pod.stack.logs("keeper", EVERYTHING).splitlines()
        return lines

    @cached_property
    def parts(self) -> re.Pattern[str]:
        """The parts of all keys that ever were."""
        return re.compile("|".join(re.escape(part) for key in self.all for part in sorted(_parts(key))))

    def processes(self) -> Iterator[tuple[str, str]]:
        """Read the environments and command lines of the keeper, and of all that it has started."""
        with contextlib.suppress(psutil.Error, TypeError):  # gone meanwhile
            own = psutil.Process(self.pod.stack.instance("keeper-1").pid)
            for process in (own, *own.children(recursive=True)):
                yield "a command line", " ".join(process.cmdline())
                yield "an environment", str(process.environ())

    def betraying(self) -> list[Path]:
        """List the files with a part of a key in them, but the key's own, and one that is about to become that."""
        kept = {path: number for path, number in self.files() if self.is_in(path)}
        for _ in range(LOOKS):
            time.sleep(READ)
            own = self.file.resolve()  # a link may lead elsewhere by now
            kept = {path: number for path, number in kept.items() if _inode(path) == number and path.resolve() != own}
        return sorted(kept)

    def files(self) -> Iterator[tuple[Path, int]]:
        """List what there is in the stack's folder, but the databases' own files and the key's, with their inodes."""
        own = self.file.resolve()
        for path in self.pod.stack.folder.rglob("*"):
            is_own = path.resolve() == own or any(part.endswith("db-1") for part in path.parts)
            if path.is_file() and not is_own and path.stat().st_size <= LONGEST:
                yield path, _inode(path)


def _inode(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_ino
    return 0


def _parts(key: str) -> set[str]:
    """Return the parts of a key that betray it, each as short as may be: as it is, backwards, and in other codings."""
    coded = {
        key: PART,
        key[::-1]: PART,
        key.encode().hex(): 2 * PART,
        base64.b64encode(key.encode()).decode(): PART + 2,
    }
    return {text[at : at + part] for text, part in coded.items() for at in range(len(text) - part + 1)}
