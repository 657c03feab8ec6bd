"""The door's certificate: it comes in a folder, and is replaced there while customers come and go."""

import asyncio
import logging
import ssl

log = logging.getLogger("certificate")
LOOK = 0.2  # seconds between two looks


async def keep(folder, door):
    """Show the certificate in ``folder``, a pathlib.Path, at the door. It runs beside the door, and may run for ever.

    ``folder`` has tls.crt and tls.key, as a Kubernetes Secret's volume has them: both are links into ``..data``, which
    is a link to the folder of the present pair. A new pair is written into another folder, then ``..data`` is replaced
    by a rename, and the old folder is removed. ``door.show(context)``: connections that begin from now on get this
    ssl.SSLContext.
    """
    shown = None
    while True:
        try:
            pair = (folder / "..data").resolve(strict=True)  # for both files, wherever it leads by then
            if pair != shown:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # the old one is shown until this one is right
                context.load_cert_chain(pair / "tls.crt", pair / "tls.key")
                door.show(context)
                shown = pair
        except OSError as error:  # ssl.SSLError is one
            log.warning("no pair: %s", error)
        await asyncio.sleep(LOOK)
