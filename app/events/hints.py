"""What an empty answer says: which filter removed everything."""

from typing import Any

from app.core.db import Database
from app.core.errors import UnavailableError
from app.events.query import EventFilter
from app.events.repository.pages import fetch_emptiness, fetch_unknown_terms

_PLACES = "; events known only to their country have no point and do not match"


async def explain_emptiness(database: Database, query: EventFilter) -> list[dict[str, Any]]:
    """Which parameters, each alone, removed everything."""
    active = query.active()
    if not active:
        return [{"reason": "the collection is empty"}]
    try:
        parts = await fetch_emptiness(database, query)
        alone = {name: matches for name, matches, _ in parts}
        unknown = [] if alone.get("q", True) else await fetch_unknown_terms(database, query.q or "")
    except UnavailableError:
        return [{"reason": "too many events to tell which filter removed everything"}]
    hints = [
        {"parameter": name, "reason": _reason(name, query, unknown, alone=matches)}
        for name, matches, others in parts
        if not matches or others
    ]
    return hints or [{"parameters": active, "reason": "no event meets all of these together"}]


def _reason(name: str, query: EventFilter, unknown: list[str], *, alone: bool) -> str:
    if alone:
        return f"without {name} there would be results"
    if name == "q" and unknown:
        return f"no event at all has {', '.join(unknown)}"[:500]
    given = getattr(query, name)
    text = ",".join(map(str, given)) if isinstance(given, list) else str(given)
    return (
        f"no event at all matches {name}={text[:100]}{_PLACES if name in ('bbox', 'near') else ''}"
    )
