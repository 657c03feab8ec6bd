"""The log agent: it reads the files that the app writes, and ships their lines to the collector."""

import asyncio
from uuid import uuid4

from shop.logfiles import files

LOOK = 0.05  # seconds between two looks at the log


async def follow(folder, notes, collector):
    """Ship the log, for ever. `notes` is a dictionary of numbers on disk, which outlives this process."""
    while True:
        for file in files(folder):  # old ones too: a file keeps its mark when it is renamed
            while lines := file.read(notes.get(file.mark, 0)):
                await collector.ship({str(uuid4()): line.text for line in lines})
                notes[file.mark] = lines[-1].end  # last: who dies before ships these lines again, and loses none
        await asyncio.sleep(LOOK)
