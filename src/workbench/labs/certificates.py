"""An authority that issues certificates, and a folder in which a platform replaces them, as kubelet does.

Checks stand here, never a service.
"""

from __future__ import annotations

import shutil
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HOST = "kiosk.harbour"
FILES = ("tls.crt", "tls.key")
DATA, BESIDE = "..data", "..data_tmp"
LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key as files have them, and the number by which a customer knows it."""

    serial: int
    certificate: bytes
    key: bytes


class Authority:
    """One that customers trust."""

    def __init__(self) -> None:
        self._key = new_key()
        self._name = _named("The harbour's authority")
        self.root = _signed(self._name, self._name, self._key, self._key, is_authority=True)

    def issue(self, key: EllipticCurvePrivateKey) -> Pair:
        """Issue a certificate for HOST, over ``key``."""
        certificate = _signed(_named(HOST), self._name, key, self._key)
        written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Pair(certificate.serial_number, certificate.public_bytes(Encoding.PEM), written)

    def trusted(self) -> ssl.SSLContext:
        """Return what a customer opens connections with: it takes certificates of this authority alone."""
        return ssl.create_default_context(cadata=self.root.public_bytes(Encoding.PEM).decode())


def new_key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    signing: EllipticCurvePrivateKey,
    *,
    is_authority: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - LASTS).not_valid_after(now + LASTS)
    builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    return builder.add_extension(authority, critical=False).sign(signing, SHA256())


class SecretVolume:
    """A folder with the files of a Secret: links into ``..data``, a link that is replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._numbers = folder, count(1)

    def replace(self, files: dict[str, bytes]) -> None:
        """Write a new folder, let ``..data`` lead to it, and remove the one before."""
        (new := self.folder / f"..{next(self._numbers):06}").mkdir(mode=0o700)
        for name, content in files.items():
            (new / name).write_bytes(content)
        before = (self.folder / DATA).resolve() if (self.folder / DATA).is_symlink() else None
        (self.folder / BESIDE).symlink_to(new.name)
        (self.folder / BESIDE).rename(self.folder / DATA)
        for name in FILES:
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(f"{DATA}/{name}")
        if before:
            shutil.rmtree(before)
