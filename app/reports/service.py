"""Reports as they are served: editions with their prose, items and editorial measure."""

from datetime import date
from typing import Any

import orjson

from app.core.db import Database
from app.core.errors import InvalidParameterError, NotFoundError
from app.core.pagination import decode_cursor, encode_cursor
from app.events.licence import LICENCE
from app.events.outlets import OutletEntry
from app.reports import repository
from app.reports.measure import DEFINITIONS, PROMISED_SHARE, MeasuredItem, Share, measure

_SORT = "-published_on,-id"


async def list_reports(
    database: Database, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Editions, newest first, and the cursor of the next page."""
    after = _place(cursor) if cursor else None
    rows = await repository.fetch_editions(database, after, limit + 1)
    reports = [_summary(dict(row)) for row in rows[:limit]]
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = encode_cursor(_SORT, [last["published_on"].isoformat(), last["id"]])
    return reports, following


async def get_report(database: Database, edition: str) -> dict[str, Any]:
    """One edition in full.

    Raises:
        NotFoundError: there is no such edition.
    """
    row = await repository.find_edition(database, edition)
    if row is None:
        raise NotFoundError(f"there is no report {edition}")
    items = await repository.fetch_items(database, edition)
    outlets = {o["id"]: OutletEntry(**o) for o in await repository.fetch_outlets(database, edition)}
    measured = [MeasuredItem(i["block"], i["marked"], outlets[i["outlet_id"]]) for i in items]
    editorial = describe_measure(measured)
    return {
        **_summary(dict(row)),
        "sections": [dict(s) for s in await repository.fetch_sections(database, edition)],
        "must_reads": [dict(m) for m in await repository.fetch_must_reads(database, edition)],
        "items": [orjson.Fragment(item["document"]) for item in items],
        "editorial": editorial,
        "licence": LICENCE,
        "citation": f"{row['title']}, {row['published_on']}. /v1/reports/{edition}",
    }


def describe_measure(items: list[MeasuredItem]) -> dict[str, Any]:
    """The state-media share by each definition, with a warning for each that breaks the promise."""
    definitions = []
    warnings = []
    for name, measured in measure(items).items():
        definitions.append(
            {
                "name": name,
                "description": DEFINITIONS[name].description,
                **_share(measured.whole),
                "within_promise": measured.within_promise,
                "blocks": [
                    {"block": block or None, **_share(share)}
                    for block, share in measured.blocks.items()
                ],
            }
        )
        if not measured.within_promise:
            whole = measured.whole
            warnings.append(
                f"{name}: {whole.counted} of {whole.items} items ({whole.share:.1%}) are above the "
                f"promised {PROMISED_SHARE:.0%}"
            )
    return {"promised_share": PROMISED_SHARE, "definitions": definitions, "warnings": warnings}


def _share(share: Share) -> dict[str, Any]:
    return {"counted": share.counted, "items": share.items, "share": round(share.share, 4)}


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/reports/{row['id']}"
    events = f"/v1/events?edition={row['id']}"
    return {
        **row,
        "links": [
            {"rel": "self", "href": path, "type": "application/json"},
            {"rel": "events", "href": events, "type": "application/json"},
        ],
    }


def _place(cursor: str) -> tuple[date, str]:
    day, slug = decode_cursor(cursor, _SORT, [str, str])
    try:
        return date.fromisoformat(str(day)), str(slug)
    except ValueError:
        raise InvalidParameterError.of("cursor", "not a cursor of this list") from None
