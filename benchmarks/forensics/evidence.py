"""How long it takes what leaves a finding: STIX bundles, evidence packages, pictures, reports."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import UUID

from app.core.drawing.png import png_of
from app.forensics.evidence.disarm import techniques_of
from app.forensics.evidence.interchange.misp import misp_event
from app.forensics.evidence.interchange.stix import stix_bundle
from app.forensics.evidence.keys import SigningKey
from app.forensics.evidence.package import PackageWriter
from app.forensics.evidence.pictures.network import draw_network
from app.forensics.evidence.posts import UsedPost
from app.forensics.evidence.report.page import report
from app.forensics.evidence.source import FindingVersion
from app.forensics.evidence.verify import verify
from app.forensics.findings.document import (
    AccountActivity,
    Behaviour,
    Edge,
    FindingDocument,
    Group,
    Input,
    MethodUsed,
)

KEY = SigningKey(bytes(32))
_AT = datetime(2026, 1, 1, tzinfo=UTC)
Row = tuple[str, ...]


def evidence_rows(posts: int = 100_000) -> Iterator[Row]:
    """Task and figure; the bundle has 27 objects, as the bar says."""
    bundle = _version(13)
    count = stix_bundle(bundle).count(b'"spec_version"')
    yield f"STIX bundle, {count} objects", f"{_milliseconds(lambda: stix_bundle(bundle)):.1f} ms"
    yield "the same as a MISP event", f"{_milliseconds(lambda: misp_event(bundle)):.1f} ms"
    large = _version(120)
    yield (
        "network of 120 accounts, 7,140 ties, SVG",
        f"{_milliseconds(lambda: draw_network(large), 3):.0f} ms",
    )
    drawn = draw_network(large)
    yield "the same in pixels", f"{_milliseconds(lambda: png_of(drawn, 1_200), 3):.0f} ms"
    whole = _milliseconds(lambda: report(large, [], KEY.public), 3)
    yield "report of it", f"{whole:.0f} ms"
    yield from _package_rows(posts)


def _package_rows(posts: int) -> Iterator[Row]:
    used = [
        UsedPost("synthetic", f"{number:09}", f"https://example.org/{number}", _AT, "published", None,
                 number.to_bytes(32), f"Synthetic text number {number} that says nothing", True)
        for number in range(posts)
    ]  # fmt: skip
    document = _document(13, b"".join(post.raw_sha256 for post in used), posts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        started = time.perf_counter()
        with path.open("wb") as file, PackageWriter(file, document.to_bytes(), KEY) as package:
            package.add(used)
            package.seal()
        made = time.perf_counter() - started
        started = time.perf_counter()
        verify(path, [KEY.public])
        checked = time.perf_counter() - started
        size = path.stat().st_size / 1e6
    yield f"evidence package, {posts:,} posts ({size:.0f} MB), made", f"{made:.1f} s"
    yield "the same, checked", f"{checked:.1f} s"


def _milliseconds(work: Callable[[], object], times: int = 25) -> float:
    work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return median(taken) * 1_000


def _version(accounts: int) -> FindingVersion:
    document = _document(accounts, b"", 0)
    return FindingVersion(
        UUID(int=1), 1, document, hashlib.sha256(document.to_bytes()).hexdigest(), _AT, _AT,
        "https://example.org/finding",
    )  # fmt: skip


def _document(accounts: int, raw: bytes, posts: int) -> FindingDocument:
    names = [f"synthetic:{number:04}" for number in range(accounts)]
    edges = [
        Edge(trace="url", account_a=a, account_b=b, weight=5 + number % 7, avg_time_delta_s=9.0,
             expected=0.1, p=1e-9, q=1e-7)
        for number, a in enumerate(names)
        for b in names[number + 1 :]
    ]  # fmt: skip
    group = Group(
        id="g", accounts=names, edges=len(edges), objects_total=20, first_at=None, last_at=None,
        objects=[f"url:https://example.org/{n}" for n in range(4)],
    )  # fmt: skip
    behaviour = Behaviour(
        windows_s={"url": 60.0}, groups=[group], edges=edges,
        accounts=[AccountActivity(account=n, group="g", partners=accounts - 1, posts=9) for n in names],
    )  # fmt: skip
    return FindingDocument(
        kind="coordination", outcome="found", summary="Synthetic.",
        method=MethodUsed(name="null_model", version="1", parameters={}),
        input=Input(corpus="synthetic", posts=posts, posts_used=posts, left_out={},
                    synthetic_posts=posts, sha256=hashlib.sha256(raw).hexdigest(), first_at=None,
                    last_at=None),
        counts={}, behaviour=behaviour, techniques=techniques_of(behaviour), caveats=["Synthetic."],
    )  # fmt: skip
