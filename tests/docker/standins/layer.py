"""One layer of an image as a tar stream: files of this machine at the paths that they have in the image."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

CERTIFICATES = Path("/usr/share/ca-certificates")
FOLDERS = {
    **dict.fromkeys(("usr", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "usr/local", "etc", "etc/ssl"), 0o755),
    **dict.fromkeys(("etc/ssl/certs", "var", "run", "dev", "home"), 0o755),
    **{"tmp": 0o1777, "var/tmp": 0o1777, "proc": 0o555, "sys": 0o555, "root": 0o700},
}
TEXTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "etc/group": "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


class Layer:
    """A tar stream that takes each path once, the first time."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar, self.seen = tar, set()

    def skeleton(self) -> None:
        """Write the folders of a system, Debian's links into /usr, accounts and its own certificates."""
        for path, mode in FOLDERS.items():
            self._put(path, mode=mode, kind=tarfile.DIRTYPE)
        for path in ("bin", "sbin", "lib", "lib64"):
            self._put(path, kind=tarfile.SYMTYPE, link=f"usr/{path}")
        for path, text in TEXTS.items():
            self._put(path, text.encode())
        bundle = "".join(file.read_text().rstrip("\n") + "\n" for file in sorted(CERTIFICATES.rglob("*.crt")))
        self._put("etc/ssl/certs/ca-certificates.crt", bundle.encode())

    def add(self, path: Path, inside: Path | str, *, is_stripped: bool = False) -> None:
        """Write a file, a link or a folder of this machine."""
        name = str(inside).lstrip("/")
        info = self.tar.gettarinfo(path, name)
        if name in self.seen or info is None:
            return
        self.seen.add(name)
        info.uname = info.gname = ""
        if info.islnk():
            info.type, info.linkname, info.size = tarfile.REGTYPE, "", path.stat().st_size
        if not info.isreg():
            self.tar.addfile(info)
            return
        data = _stripped(path) if is_stripped else path.read_bytes()
        info.size = len(data)
        self.tar.addfile(info, io.BytesIO(data))

    def _put(
        self, name: str, data: bytes = b"", *, mode: int = 0o644, kind: bytes = tarfile.REGTYPE, link: str = ""
    ) -> None:
        self.seen.add(name)
        info = tarfile.TarInfo(name)
        info.mode, info.type, info.linkname, info.size = mode, kind, link, len(data)
        self.tar.addfile(info, io.BytesIO(data))


def _stripped(path: Path) -> bytes:
    """Return a library without its symbols, where ``strip`` is there to take them."""
    with tempfile.NamedTemporaryFile() as file:
        try:
            subprocess.run(["strip", "--strip-unneeded", "-o", file.name, str(path)], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return path.read_bytes()
        return Path(file.name).read_bytes()
