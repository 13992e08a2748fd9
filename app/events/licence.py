"""How the data may be cited and used."""

from collections.abc import Mapping
from datetime import date
from typing import Any

LICENCE = (
    "Coded facts: CC BY 4.0, attribution to VRIC Monitor. The rights in the cited publications "
    "stay with their publishers."
)


def citation(event: Mapping[str, Any], revision: int) -> str:
    """A text by which an event may be cited: what, who says so, and where it is kept."""
    outlets = ", ".join(
        f"{source['outlet']} ({_day(source['published_on'])})" for source in event["sources"]
    )
    return (
        f"VRIC Monitor, event {event['id']}, revision {revision}: {event['summary']} "
        f"Reported by {outlets}. /v1/events/{event['id']}"
    )


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"
