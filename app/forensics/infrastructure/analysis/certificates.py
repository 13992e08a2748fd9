"""What a TLS certificate carries: its fingerprint, its key, its serial, the names it is for."""

import hashlib
import warnings
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_MAX_CERTIFICATES = 20
MAX_NAMES = 500


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of a site itself, not those of the authorities above it."""

    sha256: str
    key_sha256: str
    serial: str
    names: tuple[str, ...]
    issuer: str


def read_certificate(data: bytes) -> Certificate:
    """The site's own certificate of a chain, PEM or DER.

    Raises:
        ValueError: there is none, or it is broken.
    """
    with warnings.catch_warnings():
        # Odd certificates are what is looked for; the library warns of them.
        warnings.simplefilter("ignore")
        try:
            chain = (
                x509.load_pem_x509_certificates(data)
                if b"-----BEGIN" in data
                else [x509.load_der_x509_certificate(data)]
            )
            own = _own_of(chain[:_MAX_CERTIFICATES])
            return Certificate(
                own.fingerprint(hashes.SHA256()).hex(),
                _key_of(own),
                f"{own.serial_number:x}",
                _names_of(own),
                own.issuer.rfc4514_string()[:300],
            )
        except (ValueError, TypeError, IndexError, x509.DuplicateExtension) as error:
            raise ValueError(f"no certificate that can be read ({type(error).__name__})") from None


def _own_of(chain: list[x509.Certificate]) -> x509.Certificate:
    """The first that is no authority's; one that signed itself may say it is one."""
    return next((one for one in chain if not _is_authority(one)), chain[0])


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _key_of(certificate: x509.Certificate) -> str:
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(key).hexdigest()


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names it is for, in lower case, sorted."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, x509.UnsupportedGeneralNameType):
        return ()
    names = found.value.get_values_for_type(x509.DNSName)
    return tuple(sorted({name.lower().rstrip(".") for name in names if name.isprintable()}))[
        :MAX_NAMES
    ]
