"""The log agent: it reads the files that the app writes, and ships their lines to the collector."""

import asyncio

from shop.logfiles import files

LOOK = 0.05  # seconds between two looks at the log


async def follow(folder, notes, collector):
    """Ship the log, for ever. `notes` is a dictionary of numbers on disk, which outlives this process."""
    while True:
        for file in files(folder):
            while file.name == "shop.log" and (lines := file.read(notes.get(file.mark, 0))):
                # a line's mark and place are the same whoever reads it, however often
                await collector.ship({f"{file.mark} {line.start}": line.text for line in lines})
                notes[file.mark] = lines[-1].end  # last: who dies before ships these lines again, and loses none
        await asyncio.sleep(LOOK)
