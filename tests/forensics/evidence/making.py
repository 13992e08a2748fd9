"""Synthetic findings and packages for the tests of evidence."""

import hashlib
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.forensics.evidence.disarm import techniques_of
from app.forensics.evidence.keys import SigningKey
from app.forensics.evidence.package import PackageWriter
from app.forensics.evidence.posts import UsedPost
from app.forensics.evidence.source import FindingVersion
from app.forensics.findings.document import (
    AccountActivity,
    ActorClaim,
    Behaviour,
    Check,
    Edge,
    FindingDocument,
    Group,
    Input,
    MethodUsed,
    SourceStatus,
)

KEY = SigningKey(bytes(range(32)))
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def posts(count: int = 5) -> list[UsedPost]:
    """Synthetic posts in the order of platform and id."""
    return [
        UsedPost(
            platform="synthetic",
            post_id=f"{number:06}",
            url=f"https://example.org/{number}",
            at=START + timedelta(seconds=7 * number),
            clock="published",
            captured_at=None if number % 2 else START + timedelta(days=1),
            raw_sha256=hashlib.sha256(b"raw %d" % number).digest(),
            text=None if number == 3 else f"Synthetic text number {number}",
            synthetic=True,
        )
        for number in range(count)
    ]


def finding(
    used: Sequence[UsedPost] = (), names: Sequence[str] = ("ana", "bea", "carla"), **changes: Any
) -> FindingDocument:
    """A finding of one group whose accounts all share with each other."""
    raw = hashlib.sha256(b"".join(post.raw_sha256 for post in used)).hexdigest()
    names = sorted(names)
    edges = [
        Edge(
            trace="url",
            account_a=a,
            account_b=b,
            weight=6,
            avg_time_delta_s=11.5,
            expected=0.02,
            p=1e-9,
            q=1e-7,
        )
        for number, a in enumerate(names)
        for b in names[number + 1 :]
    ]
    group = Group(
        id="g1", accounts=names, edges=len(edges), objects=["url:https://example.org/story"],
        objects_total=6, first_at="2026-03-01T12:00:00Z", last_at="2026-03-01T18:30:00Z",
    )  # fmt: skip
    whole: dict[str, Any] = {
        "kind": "coordination",
        "outcome": "found",
        "summary": "3 accounts shared the same 6 objects within 60 s, more often than by chance.",
        "method": MethodUsed(name="null_model", version="1", parameters={"window_s": 60}),
        "input": Input(
            corpus="demo", posts=len(used), posts_used=len(used), left_out={}, sha256=raw,
            synthetic_posts=len(used), first_at=None, last_at=None,
        ),
        "counts": {"accounts": len(names), "edges": len(edges)},
        "behaviour": Behaviour(
            windows_s={"url": 60}, groups=[group], edges=edges,
            accounts=[AccountActivity(account=n, group="g1", partners=len(names) - 1, posts=9)
                      for n in names],
            checks=[Check(explanation="syndication", outcome="passed", objects=0, edges=0)],
        ),
        "caveats": ["Synthetic."],
    }  # fmt: skip
    return FindingDocument(**{**whole, **changes})


def package(
    count: int = 5, key: SigningKey = KEY, document: FindingDocument | None = None
) -> bytes:
    """A good package of some posts."""
    used = posts(count)
    held = io.BytesIO()
    with PackageWriter(held, (document or finding(used)).to_bytes(), key) as writer:
        writer.add(used)
        writer.seal()
    return held.getvalue()


def version(document: FindingDocument | None = None, **changes: Any) -> FindingVersion:
    """The second version of a finding."""
    document = document or finding(posts())
    whole: dict[str, Any] = {
        "id": UUID("0f0c2a44-9a8e-4b5d-9d3c-0d6f6f2f9e11"),
        "number": 2,
        "document": document,
        "sha256": hashlib.sha256(document.to_bytes()).hexdigest(),
        "created_at": START + timedelta(days=2),
        "first_created_at": START + timedelta(days=1),
        "url": "https://example.org/v1/forensics/findings/0f0c2a44-9a8e-4b5d-9d3c-0d6f6f2f9e11",
    }
    return FindingVersion(**{**whole, **changes})


HOSTILE = (
    "</script><script>alert(1)</script>", "\x00\x07\x1b[31m\u202eevil", "=cmd|'/c calc'!A0",
    "'\"><img src=x onerror=alert(1)>", "a" * 1_000_000, "{{7*7}}${x}", "\ufffe\U000e0001", "\n\r\t",
    "ñandú 中国 🦜", "javascript:alert(1)",
)  # fmt: skip


def hostile() -> FindingDocument:
    """A finding whose every text is out to break what shows it."""
    names = list(HOSTILE)
    group = Group(id="<g&1>", accounts=names, edges=3, objects=[f"url:https://x/{n}" for n in names],
                  objects_total=12, first_at=None, last_at="2026-03-01T00:00:00Z")  # fmt: skip
    base = finding(posts(), names=names)
    behaviour = base.behaviour.model_copy(update={"groups": [group]})
    techniques = techniques_of(behaviour)
    assert techniques
    return base.model_copy(update={
        "behaviour": behaviour, "summary": "".join(HOSTILE[:4]), "caveats": list(HOSTILE),
        "techniques": techniques,
        "source_status": [SourceStatus(subject=HOSTILE[0], status=HOSTILE[3], citation=HOSTILE[1],
                                       cited_on="2026-01-01")],
        "attribution": [ActorClaim(claimant=HOSTILE[0], actor=HOSTILE[1], claimed_on=None,
                                   credibility=None, bias=None, evidence=None, transparency=None,
                                   source=HOSTILE[9])],
    })  # fmt: skip
