"""The door's certificate: it comes in a folder, and is replaced there while customers come and go."""

import ssl


async def keep(folder, door):
    """Show the certificate in ``folder``, a pathlib.Path, at the door. It runs beside the door, and may run for ever.

    ``folder`` has tls.crt and tls.key, as a Kubernetes Secret's volume has them: both are links into ``..data``, which
    is a link to the folder of the present pair. A new pair is written into another folder, then ``..data`` is replaced
    by a rename, and the old folder is removed. ``door.show(context)``: connections that begin from now on get this
    ssl.SSLContext.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    door.show(context)
