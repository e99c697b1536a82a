# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private CA for the time of a test."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


class Authority:
    """Signs certificates; *file* holds its own, for ca_path."""

    def __init__(self, folder: Path, name: str = "private CA") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        built = self._builder(self._name, self._key.public_key(), 0)
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        signed = built.sign(self._key, hashes.SHA256())
        self.file = folder / f"{name.replace(' ', '-')}.pem"
        self.file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def issue(self, *names: str, starts: int = -1) -> str:
        """Return a file with a certificate of these names or addresses and its key; it is valid for ten days."""
        key = ec.generate_private_key(ec.SECP256R1())
        built = self._builder(_name(names[0]), key.public_key(), starts)
        built = built.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        signed = built.sign(self._key, hashes.SHA256())
        file = self._folder / f"{names[0].replace(':', '-')}{starts}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        return str(file)

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePublicKey, starts: int) -> x509.CertificateBuilder:
        begin = datetime.datetime.now(datetime.UTC) + starts * DAY - datetime.timedelta(minutes=5)
        builder = x509.CertificateBuilder(self._name, name, key, x509.random_serial_number(), begin, begin + 10 * DAY)
        return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
