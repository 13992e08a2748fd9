"""A finding as one HTML page without scripts or anything from elsewhere; it prints as it is shown."""

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from app.forensics.evidence.disarm import ATTRIBUTION, disarm_techniques
from app.forensics.evidence.keys import PublicKey
from app.forensics.evidence.pictures.chains import draw_chains
from app.forensics.evidence.pictures.network import draw_network
from app.forensics.evidence.pictures.page import plain
from app.forensics.evidence.pictures.timeline import Posted, draw_timeline
from app.forensics.evidence.source import FindingVersion, instant
from app.forensics.findings.document import FindingDocument

MAX_ROWS, MAX_NAMES, MAX_TEXT = 25, 24, 4_000
_OUTCOMES = {
    "found": "Found: behaviour that neither chance nor a benign explanation accounts for",
    "explained": "Explained: all that was found has a benign explanation",
    "nothing_found": "Nothing found: a result like any other",
}
_FOUND_UNTESTED = {
    "coordination": "Found: accounts in step, by a definition that does not test against chance",
    "near_duplicates": "Found: texts that repeat each other",
    "chains": "Found: texts that repeat each other, in the order of time",
}
_CHECKS = {
    "passed": "passed: it explains nothing here",
    "failed": "explains a part",
    "not_checked": "not checked: the posts do not tell",
}
_SHOWN_EVENTS = ("correction", "retraction", "input_deleted", "version_deleted")


def report(finding: FindingVersion, posted: Sequence[Posted], key: PublicKey) -> bytes:
    """The page in UTF-8.

    Args:
        posted: when the accounts of groups posted.
        key: the publisher's, by which the evidence package can be checked.
    """
    document = finding.document
    text = _template().render(
        finding=finding,
        document=document,
        behaviour=document.behaviour,
        outcome=_outcome_of(document),
        checks=_CHECKS,
        pictures=_pictures(finding, posted),
        techniques=[(one, disarm_techniques()[one.id]) for one in document.techniques],
        attribution=ATTRIBUTION,
        events=[event for event in finding.events if event.kind in _SHOWN_EVENTS],
        parameters=_flat(document.method.parameters),
        key=key,
        max_rows=MAX_ROWS,
        max_names=MAX_NAMES,
    )
    return text.encode()


def _outcome_of(document: FindingDocument) -> str:
    tested = any(edge.q is not None for edge in document.behaviour.edges)
    if document.outcome == "found" and not tested:
        return _FOUND_UNTESTED[document.kind]
    return _OUTCOMES[document.outcome]


def _pictures(finding: FindingVersion, posted: Sequence[Posted]) -> list[tuple[str, str]]:
    """What each shows, and its address with all of it inside."""
    drawn = [("Who is tied to whom", draw_network(finding))]
    if finding.document.kind == "chains":
        drawn.insert(0, ("How the stories went on", draw_chains(finding)))
    if posted:
        drawn.append(("When the accounts posted", draw_timeline(finding, posted)))
    return [
        (said, f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}") for said, svg in drawn
    ]


def _flat(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in sorted(parameters.items())
        if value not in (None, [], {})
    ]


def _moment(rfc3339: str | None) -> str:
    """An instant as people read it, to the second."""
    return "unknown" if rfc3339 is None else f"{rfc3339[:10]} {rfc3339[11:19]} UTC"


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("app.forensics.evidence.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        short=lambda text: plain(str(text), 160),
        long=lambda text: plain(str(text), MAX_TEXT),
        instant=lambda at: _moment(instant(at)),
        moment=_moment,
        words=lambda text: str(text).replace("_", " "),
    )
    return environment.get_template("report.html.j2")
