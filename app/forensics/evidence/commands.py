"""`vric forensics verify`: check an evidence package, offline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from app.core.errors import CommandError

if TYPE_CHECKING:
    from app.forensics.evidence.keys import PublicKey

# What a check needs is imported when one runs, so that other commands start as fast as before.
# ruff: noqa: PLC0415

_MAX_KEY_FILE_BYTES = 1 << 20


def verify_package(
    package: Annotated[Path, typer.Argument(help="The ZIP.", exists=True, dir_okay=False)],
    public_key: Annotated[
        str | None,
        typer.Option(help="The publisher's key: base64, or a file (JSON Web Keys, PEM, base64)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Check that an evidence package is what its publisher signed, to the last byte.

    Needs no network and nothing but the publisher's public key, which GET /v1/forensics/keys has.
    """
    from app.forensics.evidence.verify import PackageError, verify

    trusted = _keys(public_key)
    try:
        checked = verify(package, trusted)
    except PackageError as error:
        raise CommandError(f"{package}: NOT GOOD: {error}") from None
    facts: dict[str, str | int | bool] = {
        "good": True,
        "finding_sha256": checked.finding_sha256,
        "kind": checked.kind,
        "outcome": checked.outcome,
        "method": checked.method,
        "posts": checked.posts,
        "merkle_root": checked.merkle_root,
        "signed_by": checked.key.id,
        "key_was_given": checked.is_known_key,
    }
    if as_json:
        typer.echo(orjson.dumps(facts).decode())
        return
    typer.echo(f"{package}: good: every byte is as it was signed")
    for name in ("finding_sha256", "kind", "outcome", "method", "posts", "merkle_root"):
        typer.echo(f"  {name:15} {facts[name]}")
    typer.echo(f"  {'signed_by':15} {checked.key.id}")
    if not checked.is_known_key:
        typer.echo(
            "  No key was given: the package itself names the one that signed it. Compare it with the\n"
            "  publisher's, or give that with --public-key, before you rely on who made this."
        )


def _keys(given: str | None) -> list["PublicKey"]:
    from app.forensics.evidence.keys import KeyFormatError, read_public_keys

    if given is None:
        return []
    try:
        is_file = Path(given).is_file()
    except (OSError, ValueError):
        is_file = False
    try:
        if not is_file:
            return read_public_keys(given)
        with Path(given).open(encoding="utf-8") as file:
            return read_public_keys(file.read(_MAX_KEY_FILE_BYTES))
    except (KeyFormatError, UnicodeDecodeError):
        raise CommandError(
            "--public-key: neither an Ed25519 public key nor a file with one"
        ) from None
