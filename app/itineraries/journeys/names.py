"""Takes names out of claims, for good: what was objected to does not come back with the next file."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import Claim, claim_json, read_claim

REDACTED = "[redacted]"
_MARK = "redacted"
_WORD = re.compile(r"\w+")
# These members are codes, numbers or dates, and hold no name.
_NOT_TEXT = frozenset({"at", "published_on", "language", "state", "country", "status", "kind",
                       "mode", "journey", "certainty", "precision", "part", "code", "imo", "mmsi",
                       "icao24", "registration", "flag"})  # fmt: skip


def digest_of_name(name: str, secret: bytes) -> str:
    """The keyed hash under which a redacted name is known."""
    return hmac.new(secret, b"redaction:" + fold_name(name).encode(), hashlib.sha256).hexdigest()


def words_in(name: str) -> int:
    """How many words a name has as it is compared."""
    return len(fold_name(name).split())


@dataclass(frozen=True, slots=True)
class Redactor:
    """Knows names by their keyed hashes only. `word_counts` are how many words they have."""

    digests: frozenset[str]
    word_counts: frozenset[int]
    secrets: Sequence[bytes]

    @classmethod
    def of_names(cls, names: Sequence[str], secrets: Sequence[bytes]) -> "Redactor":
        """One that knows these names."""
        known = [name for name in names if words_in(name) and fold_name(name) != _MARK]
        digests = frozenset(digest_of_name(name, secrets[0]) for name in known)
        return cls(digests, frozenset(map(words_in, known)), secrets)

    def clean(self, claim: Claim) -> Claim:
        """The claim without redacted names, wherever they stand in it.

        One that had some names no event any more, which would tell them.
        """
        if not self.digests:
            return claim
        content = claim_json(claim)
        cleaned = {name: self._clean(name, value) for name, value in content.items()}
        if cleaned == content:
            return claim
        for source in cleaned["sources"]:
            source.pop("event", None)
        return read_claim(cleaned)

    def clean_key(self, key: str) -> str:
        """A journey's key without redacted names: a hash stands for one that has some."""
        if not self.digests or self.clean_text(key) == key:
            return key
        made = hmac.new(self.secrets[0], b"journey:" + key.encode(), hashlib.sha256).hexdigest()
        return f"redacted-{made[:12]}"

    def clean_text(self, text: str) -> str:
        """The text with each redacted name replaced."""
        words = list(_WORD.finditer(text))
        folded = [fold_name(word[0]) for word in words]
        parts, written, index = [], 0, 0
        while index < len(words):
            length = self._redacted_at(folded, index)
            if length == 0:
                index += 1
                continue
            parts += [text[written : words[index].start()], REDACTED]
            index += length
            written = words[index - 1].end()
        return "".join([*parts, text[written:]])

    def _redacted_at(self, words: Sequence[str], index: int) -> int:
        """How many words from `index` on are a redacted name, 0 for none."""
        for count in sorted(self.word_counts, reverse=True):
            if index + count <= len(words):
                name = " ".join(words[index : index + count])
                if any(digest_of_name(name, secret) in self.digests for secret in self.secrets):
                    return count
        return 0

    def _clean(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return value if name in _NOT_TEXT else self.clean_text(value)
        if isinstance(value, list):
            return [self._clean(name, item) for item in value]
        if isinstance(value, Mapping):
            return {key: self._clean(key, item) for key, item in value.items()}
        return value
