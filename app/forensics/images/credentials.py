"""Reads the content credentials (C2PA) of a file: who says what of it, and whether that holds.

Nothing is fetched from the network: neither manifests that stand elsewhere nor revocations.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import c2pa

ABSENT = (
    "No content credentials. Their absence means nothing: most pictures have none, and most"
    " platforms strip them."
)
PRESENT = (
    "Credentials tell what a signer says of a file and that it is unchanged since. They do not"
    " make it true."
)
MAX_ENTRIES, MAX_CHARACTERS = 100, 500
_CONTENT_DIFFERS = frozenset(
    f"assertion.{kind}.mismatch" for kind in ("dataHash", "bmffHash", "boxesHash")
)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a file's credentials say. `state` is of the last manifest:

    `none`, `valid` (signature and hashes hold; the signer is not vouched for), `trusted` (the signer's
    certificate leads to the trust list as well), `invalid`, `elsewhere` (named by a URL, not
    fetched), `unreadable`. `changed_since` tells whether the file is another than the signed one.
    """

    state: str
    trust_checked: bool
    note: str
    changed_since: bool | None = None
    faults: list[Json] = field(default_factory=list)
    claim_generator: str | None = None
    title: str | None = None
    issuer: str | None = None
    signer: str | None = None
    algorithm: str | None = None
    signed_at: str | None = None
    actions: list[Json] = field(default_factory=list)
    ingredients: list[Json] = field(default_factory=list)
    manifests: int = 0
    manifest_url: str | None = None


class CredentialsReader:
    """Reads credentials, against a trust list if there is one."""

    def __init__(self, trust_anchors: str | None = None) -> None:
        """Args: trust_anchors: certificates as PEM."""
        self._checks_trust = trust_anchors is not None
        verify = {
            "verify_trust": self._checks_trust,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        }
        settings: Json = {"version": 1, "verify": verify}
        if trust_anchors is not None:
            settings["trust"] = {"user_anchors": trust_anchors}
        self._context = c2pa.Context.from_dict(settings)

    def read(self, data: bytes, media_type: str) -> Credentials:
        """The credentials of an image."""
        try:
            with c2pa.Reader(media_type, io.BytesIO(data), context=self._context) as reader:
                return self._told(json.loads(reader.json()))
        except c2pa.C2paError.ManifestNotFound:
            return Credentials("none", self._checks_trust, ABSENT)
        except c2pa.C2paError as error:
            kind, _, reason = str(error).partition(": ")
            if kind in ("Remote", "RemoteManifest"):
                url = reason.rpartition("url ")[2] or None
                said = "The credentials stand at a URL, which is not fetched."
                return Credentials("elsewhere", self._checks_trust, said, manifest_url=_text(url))
            return Credentials("unreadable", self._checks_trust, PRESENT)

    def _told(self, store: Json) -> Credentials:
        manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
        signature = manifest.get("signature_info") or {}
        faults = store.get("validation_status") or []
        return Credentials(
            state=str(store.get("validation_state", "invalid")).lower(),
            trust_checked=self._checks_trust,
            note=PRESENT,
            changed_since=any(fault.get("code") in _CONTENT_DIFFERS for fault in faults),
            faults=[
                {"code": _text(fault.get("code")), "explanation": _text(fault.get("explanation"))}
                for fault in faults[:MAX_ENTRIES]
            ],
            claim_generator=_generator(manifest),
            title=_text(manifest.get("title")),
            issuer=_text(signature.get("issuer")),
            signer=_text(signature.get("common_name")),
            algorithm=_text(signature.get("alg")),
            signed_at=_text(signature.get("time")),
            actions=list(_actions(manifest)),
            ingredients=[
                {name: _text(one.get(name)) for name in ("title", "format", "relationship")}
                for one in (manifest.get("ingredients") or [])[:MAX_ENTRIES]
            ],
            manifests=len(store.get("manifests", {})),
        )


def _generator(manifest: Json) -> str | None:
    named = [
        " ".join(part for part in (one.get("name"), one.get("version")) if isinstance(part, str))
        for one in manifest.get("claim_generator_info") or []
    ]
    return _text(", ".join(named) or manifest.get("claim_generator"))


def _actions(manifest: Json) -> Iterator[Json]:
    actions = [
        action
        for assertion in manifest.get("assertions") or []
        if str(assertion.get("label")).startswith("c2pa.actions")
        for action in (assertion.get("data") or {}).get("actions") or []
    ]
    for action in actions[:MAX_ENTRIES]:
        agent = action.get("softwareAgent")
        yield {
            "action": _text(action.get("action")),
            "at": _text(action.get("when")),
            "software": _text(agent.get("name") if isinstance(agent, dict) else agent),
            "source_type": _text(action.get("digitalSourceType")),
        }


def _text(value: object) -> str | None:
    return str(value)[:MAX_CHARACTERS] if isinstance(value, str) and value else None
