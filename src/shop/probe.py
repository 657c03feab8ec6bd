"""Ask this machine's own service one question: ``python -m shop.probe /ready`` exits 0 for yes and 1 for no.

The standard library only, so that an image needs no curl, and it starts fast.
"""

from __future__ import annotations

import http.client
import os
import sys

SECONDS = 2.0


def main(arguments: list[str]) -> int:
    """Ask for a path on $PORT, print the answer in one line, and return the exit code."""
    path = arguments[0] if arguments else "/ready"
    try:
        status, words = ask(path, int(os.environ.get("PORT", "8000")))
    except OSError as reason:
        status, words = 0, f"no answer: {reason}"
    except http.client.HTTPException as reason:
        status, words = 0, f"no HTTP: {reason!r}"
    print(f"{path} {status or ''} {words}".replace("  ", " "))
    return 0 if 200 <= status < 400 else 1


def ask(path: str, port: int) -> tuple[int, str]:
    """Return the status and the first words of the answer to a GET. Raises OSError after two silent seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(200).decode(errors="replace")
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
