"""Keys of the bank that change while customers buy, and all the places in which a key must not be."""

from __future__ import annotations

import asyncio
import contextlib
import stat
from collections.abc import Iterator

import psutil

from capsize.check import Judge
from capsize.check.kit import during, until
from workbench.customers import Answer, Customers, tally, unusual
from workbench.labs.sidecar_control import Podside

GRACE = 8.0  # seconds that an old key is taken beside a new one, on a busy machine
ANSWERED_WITHIN = 20.0  # seconds in which customers have some answers more, on a busy machine too
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
        await self.judge.eventually(
            self.file.exists, "the key comes from the vault into the file", "no file", within=GRACE
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
        sentence = "the file is there all the time, or a request of a customer fails"
        self.judge.claim(self.file.exists(), sentence, "there is none at the moment", look="file")
        with self.file.open() as old:
            self.all.append(await self.pod.issue())
            is_used = await self.pod.until_used(self.all[-1], seconds=GRACE)
            read = old.read()
        self.judge.claim(is_used, words, f"not within {GRACE:g} s")
        sentence, words = "who had the file open reads the old key to its end", "the new one, or a part"
        self.judge.claim(read == self.all[-2], sentence, words if read else "nothing", look="write_text")
        await self.pod.withdraw()
        await self.until_bought(5)

    async def rotate_in_trouble(self) -> None:
        """Give out a key while the keeper is dead, and one while nobody reaches the vault."""
        self.judge.done("killed the keeper, gave out a new key meanwhile, and started it; withdrew the old key")
        async with during(self.pod.stack.instance("keeper-1").kill):
            await self.until_bought(5)
        await self.rotate("a keeper that comes back brings a new key")
        self.judge.done("cut the way to the vault for a while, and gave out one more key")
        async with during(self.pod.stack.edge("keeper", "vault").cut):
            await self.until_bought(20)
        await self.rotate("once the vault is back, a new key is brought")

    async def until_bought(self, orders: int) -> None:
        """Wait until customers have had so many answers more, whatever they say."""
        seen = len(self.answers)
        await until(lambda: len(self.answers) > seen + orders, "customers are answered", within=ANSWERED_WITHIN)

    def judge_answers(self) -> None:
        """Judge what customers heard."""
        failed = [answer for answer in self.answers if not answer.placed]
        words = f"{tally(failed)} of {len(self.answers)}"
        sentence = "no request of a customer fails while keys change"
        self.judge.claim(not failed, sentence, words, evidence=unusual(failed)[:3])

    def judge_secrecy(self) -> None:
        """Judge where the keys are, of all that ever were."""
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in self.file.parent.iterdir()}
        wide = {name: f"{mode:o}" for name, mode in modes.items() if mode & 0o077}
        self.judge.claim(not wide, "nobody but its user may open the key's file: mode 600", wide, look="file")
        log = self.pod.stack.logs("keeper", EVERYTHING).splitlines()
        handed = [line for line in log if HANDED in line]
        where = ", ".join(sorted(self.told)) or ("a command line or an environment" if handed else "")
        sentence = "no key is in an environment or a command line"
        self.judge.claim(not where, sentence, f"one is in {where}", evidence=handed[:3])
        told = [name for name, text in self.files() if self.holds(text)]
        sentence = "no key is in a log, or in any other file"
        self.judge.claim(not told, sentence, f"it is in {', '.join(told)}", look="log.info")
        early = [line for line in log if OPEN_WITH_KEY in line]
        sentence, words = (
            "the mode of the key's file is 600 before the key is in it",
            "others could open it, for a moment",
        )
        self.judge.claim(not early, sentence, words, evidence=early[:3], look="file")

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
