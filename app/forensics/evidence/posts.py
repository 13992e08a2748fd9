"""The posts that a finding rests on, as a package lists them: by id and hashes, without their texts."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from app.forensics.analysis.text import normalise

NORMALISATION = "nfkc-tr39-1"
"""How a text is made plain before it is hashed; another way needs another name."""


@dataclass(frozen=True, slots=True)
class UsedPost:
    """One post; `raw_sha256` is of the line as it came in, which commits to all that it says."""

    platform: str
    post_id: str
    url: str | None
    at: datetime | None
    clock: str
    """Which clock told `at`: published, modified, captured, none."""
    captured_at: datetime | None
    raw_sha256: bytes
    text: str | None
    synthetic: bool

    def line(self) -> bytes:
        """Its entry: canonical JSON (RFC 8785) without a line break.

        Of texts, truth values and null orjson writes the canonical form, ten times as fast.
        """
        entry = {
            "platform": self.platform,
            "post_id": self.post_id,
            "url": self.url,
            "at": _instant(self.at),
            "clock": self.clock,
            "captured_at": _instant(self.captured_at),
            "raw_sha256": self.raw_sha256.hex(),
            "text_sha256": self._text_sha256(),
            "synthetic": self.synthetic,
        }
        return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)

    def _text_sha256(self) -> str | None:
        if self.text is None:
            return None
        return hashlib.sha256(normalise(self.text).text.encode()).hexdigest()


def _instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the microsecond where it is that exact."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
