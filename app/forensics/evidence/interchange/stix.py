"""A finding as a STIX 2.1 bundle; the same finding has the same ids at every export.

Behaviour goes into a campaign, its techniques and what was observed; what third parties and
registries say into notes beside it. There is no threat actor in it: a finding names none.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

import orjson
from stix2 import v21

from app.forensics.evidence.disarm import ATTRIBUTION, DisarmTechnique, disarm_techniques
from app.forensics.evidence.source import FindingVersion
from app.forensics.findings.document import Group

NAMESPACE = UUID("5b8f5b3e-5d1c-5c3a-9a0e-8d2f0c6a7e41")
MAX_ACCOUNTS, MAX_URLS = 2_000, 500
_FIXED = datetime(2024, 11, 1, tzinfo=UTC)
"""Of what is the same in every bundle: the publisher, the techniques, their licence."""


def stix_bundle(finding: FindingVersion) -> bytes:
    """The bundle as JSON, at most 2,000 accounts and 500 addresses of each group in it."""
    objects = [*_publisher(), *_objects(finding)]
    unique = {one["id"]: one for one in objects}
    key = f"{finding.id}/{finding.number}"
    bundle = {
        "type": "bundle",
        "id": f"bundle--{uuid5(NAMESPACE, key)}",
        "objects": list(unique.values()),
    }
    return orjson.dumps(bundle)


def _objects(finding: FindingVersion) -> Iterator[dict[str, Any]]:
    maker = _Maker(finding)
    observed = list(maker.observed())
    yield from observed
    subjects = [one["id"] for one in observed if one["type"] == "observed-data"]
    if finding.document.outcome == "found":
        campaign = maker.campaign()
        subjects.insert(0, campaign["id"])
        yield campaign
        for technique in finding.document.techniques:
            known = disarm_techniques()[technique.id]
            pattern = _pattern(known)
            yield pattern
            said = f"Rule: {technique.rule}. Evidence: {'; '.join(technique.evidence)}"
            yield maker.relationship(campaign["id"], pattern["id"], said)
    references = list(dict.fromkeys([*subjects, *(one["id"] for one in observed)]))
    report = maker.report(references or [_identity()["id"]])
    yield report
    yield from maker.notes(report["id"])


class _Maker:
    """Makes the objects of one finding, with ids from the finding's id and their part in it."""

    def __init__(self, finding: FindingVersion) -> None:
        self._finding, self._document = finding, finding.document

    def observed(self) -> Iterator[dict[str, Any]]:
        """For each group its accounts, addresses and the observation that holds them together."""
        for group in self._document.behaviour.groups:
            accounts = [_plain(v21.UserAccount(user_id=n)) for n in group.accounts[:MAX_ACCOUNTS]]
            urls = [_plain(v21.URL(value=one)) for one in _urls(group.objects)]
            yield from accounts
            yield from urls
            first, last = _span(group, self._finding.created_at)
            yield _plain(
                v21.ObservedData(
                    **self._common("observed-data", group.id),
                    first_observed=first,
                    last_observed=last,
                    number_observed=max(1, min(group.objects_total, 999_999_999)),
                    object_refs=[one["id"] for one in [*accounts, *urls]],
                )
            )

    def campaign(self) -> dict[str, Any]:
        spans = [
            _span(group, self._finding.created_at) for group in self._document.behaviour.groups
        ]
        seen = (
            {
                "first_seen": min(first for first, _ in spans),
                "last_seen": max(last for _, last in spans),
            }
            if spans
            else {}
        )
        return _plain(
            v21.Campaign(
                **self._common("campaign"),
                name=self._finding.title,
                description=f"{self._document.summary} This describes behaviour; it names nobody"
                " behind it.",
                **seen,
            )
        )

    def relationship(self, source: str, target: str, said: str) -> dict[str, Any]:
        return _plain(
            v21.Relationship(
                **self._common("relationship", target),
                relationship_type="uses",
                source_ref=source,
                target_ref=target,
                description=said,
            )
        )

    def report(self, references: Sequence[str]) -> dict[str, Any]:
        return _plain(
            v21.Report(
                **self._common("report"),
                name=self._finding.title,
                description=self._document.summary,
                report_types=["campaign"],
                published=self._finding.created_at,
                object_refs=references,
                revoked=self._finding.retracted_at is not None,
                labels=["synthetic"] if self._finding.is_synthetic else ["finding"],
                external_references=[{
                    "source_name": "VRIC Monitor", "external_id": str(self._finding.id),
                    "url": self._finding.url, "hashes": {"SHA-256": self._finding.sha256},
                }],
            )
        )  # fmt: skip

    def notes(self, about: str) -> Iterator[dict[str, Any]]:
        """Method, checks and caveats; then, each apart, what others say."""
        document = self._document
        method = orjson.dumps(document.method.model_dump(mode="json")).decode()
        checks = "; ".join(f"{c.explanation}: {c.outcome}" for c in document.behaviour.checks)
        texts = [("method", "Method", method), ("checks", "Benign explanations", checks)]
        texts += [(f"caveat-{n}", "Caveat", text) for n, text in enumerate(document.caveats)]
        texts += [
            (f"status-{n}", "Source status, from a registry; no sign of guilt",
             f"{one.subject}: {one.status} ({one.citation}, {one.cited_on})")
            for n, one in enumerate(document.source_status)
        ]  # fmt: skip
        texts += [
            (f"claim-{n}", "Attribution, claimed by a third party and not by this finding",
             f"{one.claimant} names {one.actor} ({one.source})")
            for n, one in enumerate(document.attribution)
        ]  # fmt: skip
        texts += [
            (f"reply-{n}", f"Reply of {one.account}", one.text)
            for n, one in enumerate(self._finding.replies)
        ]
        for role, abstract, content in texts:
            if content:
                common = self._common("note", role)
                yield _plain(
                    v21.Note(**common, abstract=abstract, content=content, object_refs=[about])
                )

    def _common(self, type_: str, part: str = "") -> dict[str, Any]:
        key = f"{self._finding.id}/{type_}/{part}"
        return {
            "id": f"{type_}--{uuid5(NAMESPACE, key)}",
            "created": self._finding.first_created_at,
            "modified": max(self._finding.created_at, self._finding.first_created_at),
            "created_by_ref": _identity()["id"],
        }


def _plain(made: Any) -> dict[str, Any]:
    """A validated object as plain JSON."""
    plain: dict[str, Any] = orjson.loads(made.serialize())
    return plain


def _urls(objects: Sequence[str]) -> list[str]:
    """The addresses among a group's objects, which are written `trace:name`."""
    addresses = (one.removeprefix("url:") for one in objects)
    return [one for one in addresses if one.startswith(("https://", "http://"))][:MAX_URLS]


def _span(group: Group, otherwise: datetime) -> tuple[datetime, datetime]:
    first, last = (
        datetime.fromisoformat(one) if one else otherwise for one in (group.first_at, group.last_at)
    )
    return min(first, last), last


@cache
def _publisher() -> tuple[dict[str, Any], dict[str, Any]]:
    return _identity(), _licence()


@cache
def _identity() -> dict[str, Any]:
    return _plain(
        v21.Identity(
            id=f"identity--{uuid5(NAMESPACE, 'identity')}",
            created=_FIXED,
            modified=_FIXED,
            name="VRIC Monitor",
            identity_class="system",
        )
    )


@cache
def _licence() -> dict[str, Any]:
    return _plain(
        v21.MarkingDefinition(
            id=f"marking-definition--{uuid5(NAMESPACE, 'disarm')}",
            created=_FIXED,
            definition_type="statement",
            definition={"statement": ATTRIBUTION},
        )
    )


@cache
def _pattern(technique: DisarmTechnique) -> dict[str, Any]:
    return _plain(
        v21.AttackPattern(
            id=f"attack-pattern--{uuid5(NAMESPACE, technique.id)}",
            created=_FIXED,
            modified=_FIXED,
            created_by_ref=_identity()["id"],
            name=technique.name,
            external_references=[
                {"source_name": "DISARM", "external_id": technique.id, "url": technique.url}
            ],
            kill_chain_phases=[
                {"kill_chain_name": "disarm-tactics", "phase_name": technique.tactic.lower()}
            ],
            object_marking_refs=[_licence()["id"]],
        )
    )
