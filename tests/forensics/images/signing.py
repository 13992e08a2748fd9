"""Signs pictures with content credentials, by a certificate that is made for the test."""

import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CAPTURED = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
MANIFEST: dict[str, Any] = {
    "claim_generator_info": [{"name": "Test Camera App", "version": "1.2"}],
    "title": "harbour.jpg",
    "assertions": [
        {
            "label": "c2pa.actions",
            "data": {
                "actions": [
                    {"action": "c2pa.created", "digitalSourceType": CAPTURED},
                    {"action": "c2pa.cropped"},
                ]
            },
        }
    ],
}


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Organisation"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=signs_certificates, crl_sign=signs_certificates, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    is_authority = key is authority
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name("Test Authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(_usage(signs_certificates=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not is_authority:
        issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(issued_by, critical=False)
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(authority, hashes.SHA256())


@cache
def _chain() -> tuple[bytes, bytes, bytes]:
    """The authority's certificate, the signer's, and the signer's key."""
    authority, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    return (
        _certificate("Test Authority", authority, authority).public_bytes(Encoding.PEM),
        _certificate("Test Camera", signer, authority).public_bytes(Encoding.PEM),
        signer.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def authority_pem() -> bytes:
    """The certificate that the signer's leads to."""
    return _chain()[0]


def signed(jpeg: bytes, ingredient: bytes | None = None, manifest_url: str | None = None) -> bytes:
    """The file with credentials in it, or with a URL where they are said to stand."""
    authority, certificate, key = _chain()
    info = c2pa.C2paSignerInfo(b"es256", certificate + authority, key, None)
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(MANIFEST)) as builder:
        if ingredient is not None:
            about = {"title": "before.jpg", "relationship": "parentOf"}
            builder.add_ingredient(json.dumps(about), "image/jpeg", io.BytesIO(ingredient))
        if manifest_url is not None:
            builder.set_remote_url(manifest_url)
            builder.set_no_embed()
        file = io.BytesIO()
        builder.sign(signer, "image/jpeg", io.BytesIO(jpeg), file)
        return file.getvalue()
