"""Itineraries in the formats that maps, GPS programs, globes and spreadsheets read."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import antimeridian
import orjson

from app.itineraries.formats.lines import TrackFormat, encode
from app.itineraries.formats.shapes import Line, Point
from app.itineraries.journeys.geometry import great_circle, stops_of, times_along
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
    "imo", "false_identity", "cargo", "escort", "independent_sources", "confidence", "conflicts",
    "sources", "synthetic",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def encode_itinerary(format_: ItineraryFormat, itinerary: Mapping[str, Any]) -> bytes:
    """One itinerary as a document or a picture."""
    if format_ is ItineraryFormat.SVG:
        return draw_svg(itinerary)
    if format_ is ItineraryFormat.PNG:
        return draw_png(itinerary)
    if format_ is ItineraryFormat.JSON:
        return orjson.dumps(itinerary, option=orjson.OPT_UTC_Z)
    if format_ is ItineraryFormat.CSV:
        return legs_csv([itinerary])
    if format_ is ItineraryFormat.GEOJSON:
        return orjson.dumps(
            {
                "type": "FeatureCollection",
                "features": leg_features(itinerary),
                "properties": {name: v for name, v in itinerary.items() if name != "legs"},
            },
            option=orjson.OPT_UTC_Z,
        )
    lines = [_line(itinerary, leg) for leg in itinerary["legs"] if len(stops_of(leg)) > 1]
    return encode(_TRACK_FORMATS[format_], itinerary["title"], lines, _points(itinerary))


def leg_features(itinerary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The legs as GeoJSON features, cut at 180°; null geometry where no end has a point."""
    return [
        {
            "type": "Feature",
            "id": f"{itinerary['id']}.{leg['position']}",
            "geometry": _geometry(leg),
            "properties": {"itinerary": itinerary["id"], "title": itinerary["title"], **leg},
        }
        for leg in itinerary["legs"]
    ]


def legs_csv(itineraries: Sequence[Mapping[str, Any]]) -> bytes:
    """One row a leg."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    for itinerary in itineraries:
        for leg in itinerary["legs"]:
            rows.writerow([_cell(value) for value in _row(itinerary, leg)])
    return text.getvalue().encode()


def _geometry(leg: Mapping[str, Any]) -> dict[str, Any] | None:
    stops = stops_of(leg)
    if not stops:
        return None
    if len(stops) == 1:
        return {"type": "Point", "coordinates": [stops[0]["lon"], stops[0]["lat"]]}
    lat, lon = great_circle([s["lat"] for s in stops], [s["lon"] for s in stops])
    line = {"type": "LineString", "coordinates": [[round(x, 5), round(y, 5)]
            for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]}  # fmt: skip
    fixed: dict[str, Any] = dict(antimeridian.fix_geojson(line))
    return fixed


def _line(itinerary: Mapping[str, Any], leg: Mapping[str, Any]) -> Line:
    stops = stops_of(leg)
    lat, lon = great_circle([s["lat"] for s in stops], [s["lon"] for s in stops])
    name = " – ".join(_label(place) for place in (stops[0], stops[-1]))
    return Line(
        id=f"{itinerary['id']}.{leg['position']}",
        name=f"{leg['position']}. {name} ({leg['status']})",
        time_s=times_along(leg, len(lat)),
        lat=lat,
        lon=lon,
        properties={
            "status": leg["status"],
            "mode": leg["mode"],
            "carrier": leg["carrier"],
            "conflicts": len(leg["conflicts"]),
        },
    )


def _points(itinerary: Mapping[str, Any]) -> list[Point]:
    """Each stop once."""
    found: dict[tuple[float, float], Point] = {}
    for leg in itinerary["legs"]:
        for place in stops_of(leg):
            at = (place["lat"], place["lon"])
            point_id = f"{itinerary['id']}.stop{len(found) + 1}"
            found.setdefault(at, Point(point_id, _label(place), *at))
    return list(found.values())


def _label(place: Mapping[str, Any]) -> str:
    return str(place["name"] or place["code"] or place["country"] or "unnamed place")


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
        leg["independent_sources"],
        leg["confidence"]["score"],
        "; ".join(f"{conflict['field']}: {conflict['detail']}" for conflict in leg["conflicts"]),
        "; ".join(outlets),
        itinerary["synthetic"],
    ]


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is set in quotation."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
