"""The log agent: it reads the files that the app writes, and ships their lines to the collector."""

import asyncio

from shop.logfiles import files

LOOK = 0.05  # seconds between two looks at the log


async def follow(folder, notes, collector):
    """Ship the log, for ever. `notes` is a dictionary of numbers on disk, which stays when this process dies."""
    while True:
        for file in files(folder):  # old ones too: a file keeps its mark when it is renamed
            while lines := file.read(notes.get(file.mark, 0)):
                # a line has the same mark and place each time it is read
                await collector.ship({f"{file.mark} {line.start}": line.text for line in lines})
                notes[file.mark] = lines[-1].end  # last: a death before this ships these lines again, and loses none
        await asyncio.sleep(LOOK)
