"""What is shown of analyses and findings."""

from uuid import UUID

from app.events.schemas import Link
from app.forensics.findings.document import digest_of
from app.forensics.findings.models import Analysis, Finding, FindingEvent, FindingVersion
from app.forensics.findings.schemas import (
    ANALYSES,
    FINDINGS,
    AnalysisShown,
    EventShown,
    FindingSummary,
    Recomputed,
)

_OUTPUTS = (
    ("report", "alternate", "text/html"),
    ("evidence", "evidence", "application/zip"),
    ("stix", "alternate", "application/stix+json;version=2.1"),
    ("misp", "alternate", "application/json"),
    ("graphml", "alternate", "application/graphml+xml"),
    ("csv", "alternate", "text/csv"),
)


def analysis_shown(analysis: Analysis, version: FindingVersion | None = None) -> AnalysisShown:
    """An analysis as it is now; `version` is the one that it made again."""
    own = f"{ANALYSES}/{analysis.id}"
    links = [
        Link(rel="self", href=own),
        Link(rel="monitor", href=f"{own}/stream", type="text/event-stream"),
    ]
    done = analysis.status == "done"
    if done and analysis.finding_id is not None:
        links.append(Link(rel="result", href=f"{FINDINGS}/{analysis.finding_id}"))
    recomputed = None
    if analysis.recomputed is not None:
        recomputed = Recomputed(
            same_bytes=version is not None and version.document == analysis.recomputed,
            sha256=digest_of(analysis.recomputed),
        )
    return AnalysisShown(
        **analysis.model_dump(
            include={
                "id", "status", "stage", "purpose", "kind", "parameters", "fault", "created_at",
                "started_at", "finished_at", "version",
            }
        ),
        progress=1.0 if done else _progress(analysis),
        finding=analysis.finding_id,
        recomputed=recomputed,
        links=links,
    )  # fmt: skip


def _progress(analysis: Analysis) -> float:
    return round(analysis.done / analysis.total, 3) if analysis.total else 0.0


def summary_shown(finding: Finding) -> FindingSummary:
    """A finding without its document."""
    gone, back = finding.deleted_at is not None, finding.retracted_at is not None
    own = f"{FINDINGS}/{finding.id}"
    return FindingSummary(
        id=finding.id,
        kind=finding.kind,
        status="deleted" if gone else "retracted" if back else "valid",
        published=finding.published_at is not None,
        created_at=finding.created_at,
        links=[Link(rel="self", href=own)],
    )


def outputs_of(finding_id: UUID) -> list[Link]:
    """Where a finding is to be had otherwise: to read, to check, to load elsewhere."""
    return [
        Link(rel=rel, href=f"{FINDINGS}/{finding_id}/{name}", type=media_type)
        for name, rel, media_type in _OUTPUTS
    ]


def event_shown(event: FindingEvent) -> EventShown:
    """Something that happened to a finding."""
    return EventShown.model_validate(event.model_dump(exclude={"id", "finding_id"}))
