"""A certificate for a first day, signed by itself: phones warn once and then have a camera. A real one is better."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LASTS: Final = timedelta(days=397)
"""What phones take at most."""
THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")


class Pair(NamedTuple):
    """Both PEM."""

    certificate: bytes
    key: bytes
    fingerprint: str
    """SHA-256, as phones show it."""


def self_signed(hosts: Sequence[str], now: datetime) -> Pair:
    """For the hosts, names or addresses, and this machine; ValueError for what is neither."""
    named = list(dict.fromkeys((*hosts, *THIS_MACHINE)))
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "baogong")])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName([host_name(host) for host in named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .sign(key, SHA256())
    )
    return Pair(
        made.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        made.fingerprint(SHA256()).hex(":").upper(),
    )


def host_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
