"""What the formats that leave a finding are made from: one version of it and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from app.forensics.findings.document import FindingDocument


@dataclass(frozen=True, slots=True)
class Reply:
    """What the holder of a named account says to it."""

    account: str
    text: str
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a finding."""

    kind: str
    at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class FindingVersion:
    """One version of a finding, with what happened to it and was said to it."""

    id: UUID
    number: int
    document: FindingDocument
    sha256: str
    created_at: datetime
    """Of this version."""
    first_created_at: datetime
    """Of its first version."""
    url: str
    retracted_at: datetime | None = None
    replies: Sequence[Reply] = field(default_factory=list)
    events: Sequence[Event] = field(default_factory=list)

    @property
    def is_synthetic(self) -> bool:
        """Whether any of its posts is marked as made by a generator."""
        return self.document.input.synthetic_posts > 0

    @property
    def changed_at(self) -> datetime:
        """When this version was made or, if that came later, retracted: what importers go by."""
        return max(self.created_at, self.first_created_at, self.retracted_at or self.created_at)

    @property
    def title(self) -> str:
        kind = self.document.kind.replace("_", "-")
        synthetic = "SYNTHETIC: " if self.is_synthetic else ""
        return f"{synthetic}{kind} in {self.document.input.corpus}"


def instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
