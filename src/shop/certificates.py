"""The root of a mesh: it issues certificates that say who a workload is (SPIFFE), each over a key of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

DOMAIN = "spiffe://shop/"
CLOCKS_DIFFER_BY = timedelta(minutes=1)
A_DAY = 86400.0  # seconds
BOTH = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])


@dataclass(frozen=True)
class Card:
    """A certificate and its key, as PEM."""

    certificate: str
    key: str


class Root:
    """A certificate authority with a key that never leaves it. ``pem`` is its own certificate."""

    def __init__(self, name: str) -> None:
        self._key, self._name = generate_private_key(SECP256R1()), _named(name)
        own = self._about(self._name, self._key.public_key(), A_DAY, is_authority=True)
        self.pem = own.sign(self._key, SHA256()).public_bytes(Encoding.PEM).decode()

    def issue(self, workload: str, seconds: float) -> Card:
        """Issue a certificate for spiffe://shop/WORKLOAD, which ends after so many seconds."""
        key = generate_private_key(SECP256R1())
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"{DOMAIN}{workload}")])
        about = self._about(x509.Name([]), key.public_key(), seconds, is_authority=False)
        signed = about.add_extension(names, critical=True).add_extension(BOTH, critical=False).sign(self._key, SHA256())
        written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return Card(signed.public_bytes(Encoding.PEM).decode(), written)

    def _about(
        self, subject: x509.Name, key: EllipticCurvePublicKey, seconds: float, *, is_authority: bool
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number())
        builder = builder.not_valid_before(now - CLOCKS_DIFFER_BY).not_valid_after(now + timedelta(seconds=seconds))
        builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        own = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return builder.add_extension(own, critical=False)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
