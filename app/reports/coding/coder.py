"""Codes one item into an event by the coding manual; loads its lexicons once."""

from __future__ import annotations

from app.reports.coding.dates import find_occurrence
from app.reports.coding.gazetteer import Gazetteer
from app.reports.coding.instrument import InstrumentReader
from app.reports.coding.language import guess_language
from app.reports.coding.lexicon import read_rows
from app.reports.coding.mentions import MentionFinder
from app.reports.coding.outlets import OutletNames
from app.reports.coding.people import PartyReader
from app.reports.coding.places import Located, PlaceChooser
from app.reports.coding.records import CodedEvent, Decision, ItemText, Precision
from app.reports.coding.standing import StandingReader
from app.reports.coding.text import read_text


class Coder:
    """Holds the lexicons; `code` is pure and keeps no state between items."""

    def __init__(self) -> None:
        self._gazetteer = Gazetteer()
        self._names = MentionFinder(self._gazetteer)
        self._parties = PartyReader(self._gazetteer)
        self._places = PlaceChooser(self._gazetteer)
        self._instrument = InstrumentReader()
        self._standing = StandingReader(self._gazetteer)
        self._outlets = OutletNames()
        self._blocks = {row["block"]: row["state"] for row in read_rows("blocks.csv")}

    def code(self, item: ItemText) -> CodedEvent:
        """The event an item tells, every coded field with how it was decided."""
        text = read_text(item.summary)
        text_language = guess_language(text)
        mentions = self._names.find(text, text_language)
        parties = self._parties.read(text, mentions, self._blocks.get(item.block or ""))
        status, status_decision = self._standing.read(
            text, text_language, mentions, state_media=item.state_media_marked
        )
        instrument = self._instrument.read(text, parties.actors)
        planned = status == "planned"
        when = find_occurrence(item.summary, item.published_on, planned=planned)
        located = self._places.choose(text, mentions, parties.countries)
        place = located.place if located else None
        precision, radius_km = self._precision(located, parties.countries)
        outlet = self._outlets.get(item.outlet)
        return CodedEvent(
            summary=item.summary,
            outlet=outlet.name,
            outlet_id=outlet.id,
            published_on=item.published_on,
            occurred_on=when.on if when else None,
            occurred_until=when.until if when else None,
            occurred_precision=when.precision if when else None,
            language=item.content_language or text_language,
            text_language=text_language,
            state_media_marked=item.state_media_marked,
            actors=parties.actors,
            countries=parties.countries,
            category=instrument.category,
            categories_also=instrument.categories_also,
            topics=instrument.topics,
            status=status,
            place=place.name if place else None,
            lat=place.lat if place else None,
            lon=place.lon if place else None,
            precision=precision,
            radius_km=radius_km,
            coding={
                "occurred_on": Decision(evidence=(when.words if when else "[no date named]",)),
                "language": Decision(
                    evidence=("[content mark]" if item.content_language else "[common words]",)
                ),
                "actors": parties.actors_decision,
                "countries": parties.countries_decision,
                "category": instrument.category_decision,
                "categories_also": instrument.also_decision,
                "topics": instrument.topics_decision,
                "status": status_decision,
                "place": Decision(evidence=(located.words if located else "[no place named]",)),
            },
        )

    def _precision(
        self, located: Located | None, countries: tuple[str, ...]
    ) -> tuple[Precision, float | None]:
        if located:
            return located.place.precision, located.place.radius_km
        state = self._gazetteer.states.get(countries[0]) if countries else None
        return "country", state.radius_km if state else None
