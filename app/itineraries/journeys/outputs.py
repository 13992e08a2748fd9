"""Itineraries in the formats that maps, GPS programs, globes and spreadsheets read."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from app.itineraries.formats.lines import TrackFormat, encode
from app.itineraries.formats.table import safe
from app.itineraries.journeys.maps import Tracks, features_of, leg_features, lines_of, points_of
from app.itineraries.journeys.queries import ItineraryFormat, ListFormat
from app.itineraries.pictures.picture import draw_png, draw_svg

LIST_TYPES: Mapping[ListFormat, str] = {
    ListFormat.JSON: "application/json",
    ListFormat.GEOJSON: "application/geo+json",
    ListFormat.NDJSON: "application/x-ndjson",
    ListFormat.CSV: "text/csv; charset=utf-8",
}
ITEM_TYPES: Mapping[ItineraryFormat, str] = {
    ItineraryFormat.JSON: "application/json",
    ItineraryFormat.GEOJSON: "application/geo+json",
    ItineraryFormat.MFJSON: "application/geo+json",
    ItineraryFormat.GPX: "application/gpx+xml",
    ItineraryFormat.KML: "application/vnd.google-earth.kml+xml",
    ItineraryFormat.CZML: "application/json",
    ItineraryFormat.CSV: "text/csv; charset=utf-8",
    ItineraryFormat.SVG: "image/svg+xml",
    ItineraryFormat.PNG: "image/png",
}
UNDRAWN = (ItineraryFormat.JSON, ItineraryFormat.CSV)
"""Formats without lines, for which no positions are needed."""
_TRACK_FORMATS: Mapping[ItineraryFormat, TrackFormat] = {
    ItineraryFormat.MFJSON: "mf-json",
    ItineraryFormat.GPX: "gpx",
    ItineraryFormat.KML: "kml",
    ItineraryFormat.CZML: "czml",
}
_COLUMNS = (
    "itinerary", "title", "mover_kind", "mover", "position", "status", "mode", "from", "from_country",
    "from_lat", "from_lon", "from_status", "departed_earliest", "departed_latest", "to", "to_country",
    "to_lat", "to_lon", "to_status", "arrived_earliest", "arrived_latest", "carrier", "registration",
    "imo", "false_identity", "cargo", "escort", "dark", "independent_sources", "confidence",
    "conflicts", "sources", "synthetic",
)  # fmt: skip


def encode_itinerary(
    format_: ItineraryFormat, itinerary: Mapping[str, Any], tracks: Tracks
) -> bytes:
    """One itinerary as a document or a picture."""
    if format_ is ItineraryFormat.SVG:
        return draw_svg(itinerary, tracks)
    if format_ is ItineraryFormat.PNG:
        return draw_png(itinerary, tracks)
    if format_ is ItineraryFormat.JSON:
        return orjson.dumps(itinerary, option=orjson.OPT_UTC_Z)
    if format_ is ItineraryFormat.CSV:
        return _legs_csv([itinerary])
    if format_ is ItineraryFormat.GEOJSON:
        about = {name: value for name, value in itinerary.items() if name != "legs"}
        collection = {"type": "FeatureCollection", "features": features_of(itinerary, tracks)}
        return orjson.dumps(
            {**collection, "itinerary": about},
            option=orjson.OPT_UTC_Z | orjson.OPT_SERIALIZE_NUMPY,
        )
    lines = lines_of(itinerary, tracks)
    return encode(_TRACK_FORMATS[format_], itinerary["title"], lines, points_of(itinerary))


def encode_list(
    format_: ListFormat, itineraries: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> bytes:
    """Itineraries as lines of JSON, a row a leg, or a feature a leg with members `about` the list."""
    if format_ is ListFormat.NDJSON:
        return b"".join(orjson.dumps(item) + b"\n" for item in itineraries)
    if format_ is ListFormat.CSV:
        return _legs_csv(itineraries)
    features = [feature for item in itineraries for feature in leg_features(item)]
    collection = {
        "type": "FeatureCollection", "features": features, "numberReturned": len(features), **about,
    }  # fmt: skip
    return orjson.dumps(collection, option=orjson.OPT_SERIALIZE_NUMPY)


def _legs_csv(itineraries: Sequence[Mapping[str, Any]]) -> bytes:
    """One row a leg."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    for itinerary in itineraries:
        for leg in itinerary["legs"]:
            row = _row(itinerary, leg)
            rows.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode()


def _row(itinerary: Mapping[str, Any], leg: Mapping[str, Any]) -> list[Any]:
    mover, craft = itinerary["mover"], leg["craft"] or {}
    row = [itinerary["id"], itinerary["title"], mover["kind"], mover["name"],
           leg["position"], leg["status"], leg["mode"]]  # fmt: skip
    for side in ("from", "to"):
        place, when = leg[side]["place"] or {}, leg[side]["when"] or {}
        row += [place.get("name") or place.get("code"), place.get("country"), place.get("lat"),
                place.get("lon"), leg[side]["status"], when.get("earliest"), when.get("latest")]  # fmt: skip
    outlets = [itinerary["sources"][number]["outlet"] for number in leg["sources"]]
    return [
        *row,
        leg["carrier"],
        craft.get("registration"),
        craft.get("imo"),
        (leg["false_identity"] or {}).get("shown"),
        "; ".join(f"{item['what']} ({item['certainty']})" for item in leg["cargo"]),
        "; ".join(leg["escort"]),
        "; ".join(f"{one['earliest']}/{one['latest'] or '..'}" for one in leg["dark"]),
        leg["independent_sources"],
        leg["confidence"]["score"],
        "; ".join(f"{conflict['field']}: {conflict['detail']}" for conflict in leg["conflicts"]),
        "; ".join(outlets),
        itinerary["synthetic"],
    ]
