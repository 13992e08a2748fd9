"""What content credentials tell: signed, changed, elsewhere, absent; nothing is fetched."""

import socket
import threading
from collections.abc import Iterator

import pytest
from PIL import Image

from app.forensics.images.credentials import CredentialsReader
from tests.forensics.images.conftest import encoded
from tests.forensics.images.signing import CAPTURED, authority_pem, signed

JPEG = "image/jpeg"


@pytest.fixture(scope="module")
def jpeg(scene: Image.Image) -> bytes:
    return encoded(scene, "JPEG", quality=70)


def test_what_a_signed_file_says(jpeg: bytes) -> None:
    read = CredentialsReader().read(signed(jpeg), JPEG)
    assert (read.state, read.changed_since, read.trust_checked) == ("valid", False, False)
    assert read.faults == [] and read.manifests == 1
    assert read.claim_generator is not None
    assert read.claim_generator.startswith("Test Camera App 1.2")
    assert (read.issuer, read.signer, read.title) == (
        "Test Organisation", "Test Camera", "harbour.jpg"
    )  # fmt: skip
    assert read.algorithm == "Es256" and read.signed_at is None
    assert [(one["action"], one["source_type"]) for one in read.actions] == [
        ("c2pa.created", CAPTURED), ("c2pa.cropped", None),
    ]  # fmt: skip
    assert "do not make it true" in read.note


def test_a_file_that_was_changed_says_so(jpeg: bytes) -> None:
    changed = bytearray(signed(jpeg))
    changed[-1_000] ^= 0xFF
    read = CredentialsReader().read(bytes(changed), JPEG)
    assert (read.state, read.changed_since) == ("invalid", True)
    assert "assertion.dataHash.mismatch" in [fault["code"] for fault in read.faults]
    assert read.signer == "Test Camera"


def test_a_forged_claim_is_invalid(jpeg: bytes) -> None:
    forged = signed(jpeg).replace(b"c2pa.cropped", b"c2pa.resized", 1)
    read = CredentialsReader().read(forged, JPEG)
    assert read.state in ("invalid", "unreadable")


def test_trust_is_checked_where_there_is_a_list(jpeg: bytes, other_authority: str) -> None:
    file = signed(jpeg)
    trusted = CredentialsReader(authority_pem().decode()).read(file, JPEG)
    assert (trusted.state, trusted.trust_checked, trusted.faults) == ("trusted", True, [])
    other = CredentialsReader(other_authority).read(file, JPEG)
    assert (other.state, other.trust_checked) == ("valid", True)
    assert [fault["code"] for fault in other.faults] == ["signingCredential.untrusted"]


@pytest.fixture
def other_authority() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    from tests.forensics.images.signing import _certificate

    key = ec.generate_private_key(ec.SECP256R1())
    return _certificate("Other Authority", key, key).public_bytes(Encoding.PEM).decode()


def test_ingredients_are_named(jpeg: bytes, other_scene: Image.Image) -> None:
    before = signed(encoded(other_scene, "JPEG"))
    read = CredentialsReader().read(signed(jpeg, ingredient=before), JPEG)
    assert [(one["title"], one["relationship"]) for one in read.ingredients] == [
        ("before.jpg", "parentOf")
    ]
    assert read.manifests == 2


def test_absence_means_nothing(jpeg: bytes) -> None:
    read = CredentialsReader().read(jpeg, JPEG)
    assert (read.state, read.changed_since) == ("none", None)
    assert "absence means nothing" in read.note


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A server that notes whether anybody comes."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)

        def serve() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                came.append(connection.recv(100))

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa", came
        thread.join()


def test_credentials_elsewhere_are_not_fetched(
    jpeg: bytes, listener: tuple[str, list[bytes]]
) -> None:
    url, came = listener
    read = CredentialsReader().read(signed(jpeg, manifest_url=url), JPEG)
    assert (read.state, read.manifest_url) == ("elsewhere", url)
    assert came == []


def test_a_damaged_manifest_is_told(jpeg: bytes) -> None:
    file = signed(jpeg)
    at = file.index(b"c2pa.claim")
    read = CredentialsReader().read(file[:at] + b"\xff" * 60 + file[at + 60 :], JPEG)
    assert read.state in ("invalid", "unreadable")
