"""What maps show of an itinerary: legs, silences and stops, as GeoJSON features or lines and points."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.itineraries.formats.geojson import geometry_of
from app.itineraries.formats.parts import Part, parts_of
from app.itineraries.formats.shapes import Line, Point
from app.itineraries.journeys.geometry import SIMPLIFY_M, LatLon, Stretch, stretches_of
from app.itineraries.pictures.style import DARK, STROKES
from app.itineraries.tracks.positions import Positions

Json = Mapping[str, Any]
Tracks = Mapping[int, Positions]
"""The fixes that show legs, by the legs' positions."""


def features_of(itinerary: Json, tracks: Tracks) -> list[dict[str, Any]]:
    """A feature a leg, a silence and a stop, told apart by `properties.kind`."""
    legs = [(leg, _lines(leg, tracks)) for leg in itinerary["legs"]]
    return [
        *(_leg(itinerary, leg, lines, tracks) for leg, lines in legs),
        *(silence for leg, lines in legs for silence in _silences(itinerary, leg, lines)),
        *_stop_features(itinerary),
    ]


def leg_features(itinerary: Json) -> list[dict[str, Any]]:
    """A feature a leg, by great circles between stops."""
    return [_leg(itinerary, leg, _lines(leg, {}), {}) for leg in itinerary["legs"]]


def lines_of(itinerary: Json, tracks: Tracks) -> list[Line]:
    """The legs as lines with every fix, in the colours of the pictures; one with silences is in parts,
    those dashed."""
    return [
        _as_line(itinerary, leg, stretch, f".{number}" if len(lines) > 1 else "")
        for leg in itinerary["legs"]
        for lines in [_lines(leg, tracks, simplify_m=0)]
        for number, stretch in enumerate(lines, start=1)
    ]


def points_of(itinerary: Json) -> list[Point]:
    """Each stop once."""
    found = []
    for feature in _stop_features(itinerary):
        about = feature["properties"]
        lon, lat = feature["geometry"]["coordinates"]
        shown = {name: about[name] for name in ("country", "precision", "synthetic")}
        found.append(Point(feature["id"], label_of(about), lat, lon, properties=shown))
    return found


def label_of(place: Json) -> str:
    """A place in a word or two."""
    return str(place["name"] or place["code"] or place["country"] or "unnamed place")


def _leg(itinerary: Json, leg: Json, lines: Sequence[Stretch], tracks: Tracks) -> dict[str, Any]:
    # Where nobody tells where the craft was silent, the whole line is the leg's.
    drawn = [one for one in lines if one.dark is None] or lines
    stops = _stops(leg)
    geometry = geometry_of(_parts(drawn)) or (_point(stops[0][2]) if stops else None)
    line = ("track" if leg["position"] in tracks else "great_circle") if lines else None
    about = {"title": itinerary["title"], "line": line, **leg}
    return _feature(itinerary, "leg", f"{leg['position']}", geometry, about)


def _silences(itinerary: Json, leg: Json, lines: Sequence[Stretch]) -> Iterator[dict[str, Any]]:
    for number, dark in enumerate(leg["dark"], start=1):
        geometry = None
        if dark["from_lat"] is not None:
            parts = _parts([one for one in lines if one.dark is dark])
            geometry = geometry_of(parts) or _point((dark["from_lat"], dark["from_lon"]))
        about = {"position": leg["position"], "status": leg["status"], **dark}
        name = f"{leg['position']}.dark{number}"
        yield _feature(itinerary, "dark", name, geometry, about)


def _stop_features(itinerary: Json) -> Iterator[dict[str, Any]]:
    """Each stop once, with the ends of legs that it is."""
    found: dict[LatLon, tuple[Json, list[dict[str, Any]]]] = {}
    for leg in itinerary["legs"]:
        for end, place, at in _stops(leg):
            side = {"status": leg["status"], "when": None} if end == "via" else leg[end]
            span = {name: side["when"] and side["when"][name] for name in ("earliest", "latest")}
            told = {"position": leg["position"], "end": end, "status": side["status"], **span}
            found.setdefault(at, (place, []))[1].append(told)
    for number, (at, (place, ends)) in enumerate(found.items(), start=1):
        about = {name: place[name] for name in ("name", "country", "code", "precision")}
        yield _feature(itinerary, "stop", f"stop{number}", _point(at), {**about, "legs": ends})


def _feature(
    itinerary: Json, kind: str, name: str, geometry: dict[str, Any] | None, about: Json
) -> dict[str, Any]:
    whose = {"itinerary": itinerary["id"], "synthetic": itinerary["synthetic"]}
    return {
        "type": "Feature",
        "id": f"{itinerary['id']}.{name}",
        "geometry": geometry,
        "properties": {"kind": kind, **whose, **about},
    }


def _as_line(itinerary: Json, leg: Json, stretch: Stretch, part: str) -> Line:
    dark = stretch.dark is not None
    ends = " – ".join(label_of(place) if place else "unknown"
                      for place in (leg["from"]["place"], leg["to"]["place"]))  # fmt: skip
    return Line(
        id=f"{itinerary['id']}.{leg['position']}{part}",
        name=f"{leg['position']}. {ends} ({'not re-observed' if dark else leg['status']})",
        time_s=stretch.time_s,
        lat=stretch.lat,
        lon=stretch.lon,
        properties={
            "status": leg["status"],
            "dark": dark,
            "mode": leg["mode"],
            "carrier": leg["carrier"],
            "conflicts": len(leg["conflicts"]),
            "synthetic": itinerary["synthetic"],
        },
        colour=DARK if dark else STROKES[leg["status"]].colour,
        dashed=dark,
    )


def _lines(leg: Json, tracks: Tracks, simplify_m: float = SIMPLIFY_M) -> list[Stretch]:
    ends = {end: at for end, _, at in _stops(leg) if end != "via"}
    via = [at for end, _, at in _stops(leg) if end == "via"]
    stops = [ends.get("from"), *via, ends.get("to")]
    return stretches_of(leg, stops, tracks.get(leg["position"]), simplify_m)


def _stops(leg: Json) -> list[tuple[str, Json, LatLon]]:
    """The places of a leg that have a point, in order: from, via or to; the place; its point."""
    places = [("from", leg["from"]["place"]), *(("via", one) for one in leg["via"]),
              ("to", leg["to"]["place"])]  # fmt: skip
    return [
        (end, one, (one["lat"], one["lon"]))
        for end, one in places
        if one and one["lat"] is not None
    ]


def _parts(lines: Sequence[Stretch]) -> list[Part]:
    return [part for one in lines for part in parts_of(Line("", "", one.time_s, one.lat, one.lon))]


def _point(at: LatLon) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(at[1], 6), round(at[0], 6)]}
