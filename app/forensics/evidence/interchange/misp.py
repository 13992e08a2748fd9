"""A finding as a MISP event (MISP core format), with the galaxy of DISARM's techniques."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

import orjson

from app.forensics.evidence.disarm import ATTRIBUTION, disarm_techniques
from app.forensics.evidence.source import FindingVersion
from app.forensics.findings.document import Technique

NAMESPACE = UUID("5b8f5b3e-5d1c-5c3a-9a0e-8d2f0c6a7e41")
MAX_OBJECTS = 5_000
MAX_BYTES = 65_535
"""Of a value: what the columns of MISP hold."""
_GALAXY = {
    "uuid": "a90f2bb6-11e1-58a7-9962-ba37886720ec",
    "name": "DISARM Techniques",
    "type": "disarm-techniques",
    "namespace": "disarm",
}
_COLLECTION = "fb0e6978-2647-5a95-8324-7ebfd2f88b67"
_USER_ACCOUNT = {"uuid": "49606b06-22f0-4ac8-8eee-2f12ad46f3d3", "version": "6"}
_LOW, _COMPLETED, _YOUR_ORGANISATION = (
    "4",
    "2",
    "0",
)  # threat level undefined, analysis, distribution


def misp_event(finding: FindingVersion) -> bytes:
    """The event as JSON, unpublished and for the own organisation, at most 5,000 accounts in it."""
    document, stamp = finding.document, str(int(finding.changed_at.timestamp()))
    event = {
        "uuid": str(finding.id),
        "info": _cut(f"{finding.title}: {document.summary}"),
        "date": f"{finding.first_created_at:%Y-%m-%d}",
        "timestamp": stamp,
        "threat_level_id": _LOW,
        "analysis": _COMPLETED,
        "distribution": _YOUR_ORGANISATION,
        "published": False,
        "Orgc": {"name": "VRIC Monitor", "uuid": str(uuid5(NAMESPACE, "organisation"))},
        "Attribute": list(_attributes(finding, stamp)),
        "Object": list(_accounts(finding, stamp)),
        "Tag": list(_tags(finding)),
        "Galaxy": _galaxies(document.techniques),
    }
    return orjson.dumps({"Event": event})


def _attributes(finding: FindingVersion, stamp: str) -> Iterator[dict[str, Any]]:
    document = finding.document
    yield _attribute(finding, stamp, "link", "External analysis", finding.url, "The finding")
    yield _attribute(finding, stamp, "sha256", "External analysis", finding.sha256,
                     f"Of version {finding.number}, canonical JSON")  # fmt: skip
    method = f"{document.method.name} {document.method.version}"
    yield _attribute(finding, stamp, "text", "External analysis", method, "Method and its version")
    for caveat in document.caveats:
        yield _attribute(finding, stamp, "comment", "Other", caveat, "Caveat")
    if document.techniques:
        yield _attribute(finding, stamp, "comment", "Other", ATTRIBUTION, "Licence")
    for check in document.behaviour.checks:
        said = f"{check.explanation}: {check.outcome}"
        yield _attribute(finding, stamp, "comment", "Other", said, "Benign explanation")
    for group in document.behaviour.groups:
        for name in group.objects:
            address = name.removeprefix("url:")
            said = f"Shared by group {group.id}"
            if address.startswith(("https://", "http://")):
                yield _attribute(finding, stamp, "url", "Network activity", address, said)
            else:
                yield _attribute(finding, stamp, "text", "Other", name, said)


def _attribute(
    finding: FindingVersion, stamp: str, type_: str, category: str, value: str, comment: str
) -> dict[str, Any]:
    uuid = str(uuid5(finding.id, f"{type_}/{comment}/{value}"))
    kept = _cut(value)
    if kept != value:
        # What is left of an address leads elsewhere.
        type_, category = ("text", "Other") if type_ == "url" else (type_, category)
        comment = f"{comment} (the first {len(kept):,} of {len(value):,} characters)".lstrip()
    return {
        "uuid": uuid,
        "type": type_,
        "category": category,
        "value": kept,
        "comment": comment,
        "to_ids": False,
        "disable_correlation": type_ in ("comment", "text"),
        "timestamp": stamp,
        "distribution": "5",
    }


def _cut(value: str) -> str:
    """As many characters from its beginning as MISP holds."""
    return value.encode()[:MAX_BYTES].decode(errors="ignore")


def _accounts(finding: FindingVersion, stamp: str) -> Iterator[dict[str, Any]]:
    """Each account of a group as an object `user-account`."""
    for activity in finding.document.behaviour.accounts[:MAX_OBJECTS]:
        user = _attribute(finding, stamp, "text", "Other", activity.account, "")
        yield {
            "uuid": str(uuid5(finding.id, f"account/{activity.account}")),
            "name": "user-account",
            "meta-category": "misc",
            "template_uuid": _USER_ACCOUNT["uuid"],
            "template_version": _USER_ACCOUNT["version"],
            "comment": f"group {activity.group}, {activity.partners} partners; no verdict on a person",
            "timestamp": stamp,
            "distribution": "5",
            "Attribute": [{**user, "object_relation": "user-id"}],
        }


def _tags(finding: FindingVersion) -> Iterator[dict[str, str]]:
    for technique in finding.document.techniques:
        # By name, as MISP matches galaxies; and by id, since names are not unique.
        yield {"name": _galaxy_tag(technique)}
        yield {"name": f'disarm:technique="{technique.id}"'}
    yield {"name": f'vric:outcome="{finding.document.outcome}"'}
    if finding.is_synthetic:
        yield {"name": "vric:synthetic"}
    if finding.retracted_at is not None:
        yield {"name": "vric:retracted"}


def _galaxies(techniques: list[Technique]) -> list[dict[str, Any]]:
    clusters = [
        {
            "uuid": str(disarm_techniques()[one.id].misp_uuid),
            "collection_uuid": _COLLECTION,
            "type": _GALAXY["type"],
            "value": one.name,
            "tag_name": _galaxy_tag(one),
            "description": f"Rule: {one.rule}. Evidence: {'; '.join(one.evidence)}",
            "meta": {"external_id": [one.id], "refs": [disarm_techniques()[one.id].url]},
        }
        for one in techniques
    ]
    return [{**_GALAXY, "GalaxyCluster": clusters}] if clusters else []


def _galaxy_tag(technique: Technique) -> str:
    return f'misp-galaxy:{_GALAXY["type"]}="{technique.name}"'
