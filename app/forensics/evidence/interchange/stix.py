"""A finding as a STIX 2.1 bundle; the same finding has the same ids at every export.

Behaviour goes into a campaign, its techniques and what was observed; what third parties and
registries say into notes beside it. There is no threat actor in it: a finding names none.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

import orjson
from stix2 import v21

from app.forensics.evidence.disarm import ATTRIBUTION, DisarmTechnique, disarm_techniques
from app.forensics.evidence.source import FindingVersion, instant

NAMESPACE = UUID("5b8f5b3e-5d1c-5c3a-9a0e-8d2f0c6a7e41")
MAX_OBSERVATIONS, MAX_ACCOUNTS, MAX_URLS = 500, 2_000, 500
_FIXED = datetime(2024, 11, 1, tzinfo=UTC)
"""Of what is the same in every bundle: the publisher, the techniques, their licence."""


def stix_bundle(finding: FindingVersion) -> bytes:
    """The bundle as JSON, with at most 500 groups or chains, of each 2,000 accounts, 500 addresses."""
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
        self._observations = list(islice(_observations(finding), MAX_OBSERVATIONS))

    def observed(self) -> Iterator[dict[str, Any]]:
        """For each group or chain its accounts, addresses and what holds them together."""
        for one in self._observations:
            accounts = [_plain(v21.UserAccount(user_id=n)) for n in one.accounts[:MAX_ACCOUNTS]]
            urls = [_plain(v21.URL(value=address)) for address in one.addresses[:MAX_URLS]]
            yield from accounts
            yield from urls
            yield _plain(
                v21.ObservedData(
                    **self._common("observed-data", one.part),
                    first_observed=one.first,
                    last_observed=one.last,
                    number_observed=max(1, min(one.count, 999_999_999)),
                    object_refs=[made["id"] for made in [*accounts, *urls]],
                )
            )

    def campaign(self) -> dict[str, Any]:
        seen = {}
        if self._observations:
            seen = {
                "first_seen": min(one.first for one in self._observations),
                "last_seen": max(one.last for one in self._observations),
            }
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
            (f"reply-{one.account}-{instant(one.filed_at)}", f"Reply of {one.account}", one.text)
            for one in self._finding.replies
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
            "modified": self._finding.changed_at,
            "created_by_ref": _identity()["id"],
        }


def _plain(made: Any) -> dict[str, Any]:
    """A validated object as plain JSON."""
    plain: dict[str, Any] = orjson.loads(made.serialize())
    return plain


@dataclass(frozen=True, slots=True)
class _Observation:
    """Accounts that were seen together, with what and when."""

    part: str
    accounts: Sequence[str]
    addresses: Sequence[str]
    first: datetime
    last: datetime
    count: int


def _observations(finding: FindingVersion) -> Iterator[_Observation]:
    behaviour = finding.document.behaviour
    for group in behaviour.groups:
        addresses = [
            name.removeprefix("url:")
            for name in group.objects  # written `trace:name`
            if name.startswith(("url:https://", "url:http://"))
        ]
        times = [group.first_at, group.last_at]
        span = _span(times, finding.created_at)
        yield _Observation(group.id, group.accounts, addresses, *span, group.objects_total)
    chains: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in behaviour.records:
        if record.get("account") and "chain_id" in record:
            chains[record["chain_id"]].append(record)
    for chain, links in chains.items():
        accounts = list(dict.fromkeys(link["account"] for link in links))
        span = _span([link["published_at"] for link in links], finding.created_at)
        yield _Observation(chain, accounts, [], *span, len(links))


def _span(times: Sequence[str | None], otherwise: datetime) -> tuple[datetime, datetime]:
    known = [datetime.fromisoformat(one) for one in times if one] or [otherwise]
    return min(known), max(known)


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
