"""Every format of tracks: what other programs read from it, at 180°, at the poles, with bad values."""

import csv
import io
import itertools
import math

import gpxpy
import numpy as np
import orjson
import pytest
import shapely
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from app.itineraries.formats.lines import MEDIA_TYPES, Line, Point, encode

NASTY = '=cmd|"x"<&>\x00\x0bñ\ud83d\ude00'.encode("utf-16", "surrogatepass").decode("utf-16")
KML = "{http://www.opengis.net/kml/2.2}"
GX = "{http://www.google.com/kml/ext/2.2}"


def line(
    lat: list[float], lon: list[float], time_s: list[float] | None = None, **columns: list[float]
) -> Line:
    times = time_s if time_s is not None else [1.7e9 + 60 * i for i in range(len(lat))]
    arrays = {name: np.array(values, dtype=float) for name, values in columns.items()}
    return Line(
        "c1", "YV3531", np.array(times, dtype=float), np.array(lat), np.array(lon), **arrays
    )


def geojson(track: Line) -> dict:
    return orjson.loads(encode("geojson", "t", [track]))["features"][0]


def test_a_crossing_of_180_degrees_is_cut_on_the_great_circle() -> None:
    feature = geojson(line([50, 50], [170, -170]))
    east, west = feature["geometry"]["coordinates"]
    assert feature["geometry"]["type"] == "MultiLineString"
    assert east[-1][0] == 180
    assert west[0][0] == -180
    # The great circle between points of one latitude runs poleward of it.
    assert east[-1][1] == west[0][1]
    assert east[-1][1] == pytest.approx(50.4313, abs=1e-3)
    times = feature["properties"]["coordinateProperties"]["times"]
    assert times[0][1] == times[1][0] == "2023-11-14T22:13:50Z"


def test_a_way_over_the_pole_ends_and_begins_there() -> None:
    feature = geojson(line([85, 85], [30, -150]))
    assert feature["geometry"]["coordinates"] == [
        [[30, 85], [30, 90]],
        [[-150, 90], [-150, 85]],
    ]


def test_no_fix_one_fix_and_places_that_are_none() -> None:
    assert geojson(line([], []))["geometry"] is None
    assert geojson(line([1], [2]))["geometry"] == {"type": "Point", "coordinates": [2, 1]}
    bad = line([1, math.nan, 91, 2], [2, 3, 4, math.inf])
    assert geojson(bad)["geometry"]["type"] == "Point"


def test_altitudes_are_metres_and_only_there_when_all_are_known() -> None:
    with_all = geojson(line([1, 2], [1, 2], altitude_ft=[1000, 2000]))
    assert with_all["geometry"]["coordinates"][0] == [1, 1, 304.8]
    without = geojson(line([1, 2], [1, 2], altitude_ft=[1000, math.nan]))
    assert without["geometry"]["coordinates"][0] == [1, 1]


FIXES = st.lists(
    st.tuples(
        st.floats(-90, 90),
        st.floats(-180, 180),
        st.one_of(st.floats(-1e12, 1e12), st.just(math.nan)),
        st.one_of(st.floats(-1e4, 1e5), st.just(math.nan), st.just(math.inf)),
    ),
    max_size=30,
)


@given(FIXES)
def test_no_line_is_wider_than_180_degrees_and_every_document_can_be_read(
    fixes: list[tuple[float, float, float, float]],
) -> None:
    columns = [list(column) for column in zip(*fixes, strict=True)] if fixes else [[], [], [], []]
    track = line(columns[0], columns[1], columns[2], altitude_ft=columns[3])
    feature = geojson(track)
    if feature["geometry"]:
        geometry = shape(feature["geometry"])
        assert shapely.is_valid_reason(geometry).startswith(("Valid", "Too few points"))
        for part in shapely.get_parts(geometry):
            west, _, east, _ = part.bounds
            assert -180 <= west <= east <= 180
            assert east - west <= 180
    moving = orjson.loads(encode("mf-json", "t", [track]))["features"][0].get("temporalGeometry")
    for prism in (moving or {}).get("prisms", [moving] if moving else []):
        assert len(prism["datetimes"]) == len(prism["coordinates"])
        assert all(a < b for a, b in itertools.pairwise(prism["datetimes"]))
    gpxpy.parse(encode("gpx", "t", [track]).decode())
    ElementTree.fromstring(encode("kml", "t", [track]).decode())
    assert b"NaN" not in encode("czml", "t", [track])
    orjson.loads(encode("czml", "t", [track]))
    rows = list(csv.DictReader(io.StringIO(encode("csv", "t", [track]).decode())))
    assert len(rows) == len(fixes)


def test_a_cut_line_keeps_its_length() -> None:
    rng = np.random.default_rng(7)
    lat, lon = rng.uniform(-80, 80, 200), rng.uniform(-180, 180, 200)
    feature = geojson(line(lat.tolist(), lon.tolist()))
    cut = [
        _km(a, b)
        for part in feature["geometry"]["coordinates"]
        for a, b in itertools.pairwise(part)
    ]
    whole = [_km(a, b) for a, b in itertools.pairwise(zip(lon, lat, strict=True))]
    # A point put in where two points of 180° are cut lies on the same great circle.
    assert sum(cut) == pytest.approx(sum(whole), rel=1e-4)


def _km(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    vectors = []
    for lon, lat in (a[:2], b[:2]):
        phi, theta = math.radians(lat), math.radians(lon)
        vectors.append(
            (math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi))
        )
    dot = sum(x * y for x, y in zip(*vectors, strict=True))
    return 6371 * math.acos(max(-1, min(1, dot)))


def test_gpx_has_a_segment_a_part_and_stays_below_180() -> None:
    track = line([50, 50, 51], [170, -170, -169], altitude_ft=[100, 100, 100])
    gpx = gpxpy.parse(encode("gpx", NASTY, [track], [Point("p", NASTY, 10.6, 180)]).decode())
    assert [len(segment.points) for segment in gpx.tracks[0].segments] == [2, 3]
    places = [point.longitude for segment in gpx.tracks[0].segments for point in segment.points]
    assert all(-180 <= lon < 180 for lon in [*places, gpx.waypoints[0].longitude])
    assert gpx.tracks[0].segments[0].points[0].elevation == 30.5
    assert gpx.tracks[0].segments[0].points[0].time.timestamp() == 1.7e9


def test_kml_has_as_many_times_as_places_and_lines_without_times_are_lines() -> None:
    timed = line([50, 50, 51], [170, -170, -169])
    untimed = line([1, 2], [3, 4], [math.nan, math.nan])
    root = ElementTree.fromstring(encode("kml", NASTY, [timed, untimed]).decode())
    tracks = root.findall(f".//{GX}Track")
    assert len(tracks) == 2
    for track in tracks:
        assert len(track.findall(f"{KML}when")) == len(track.findall(f"{GX}coord")) > 1
    assert len(root.findall(f".//{KML}LineString")) == 1


def test_mf_json_follows_the_standard() -> None:
    track = line([1, 2, 3], [1, 2, 3], [5, 5, 7], speed_kn=[1, 2, math.nan])
    document = orjson.loads(encode("mf-json", "t", [track], [Point("p", "P", 1, 2)]))
    moving, still = document["features"]
    assert document["crs"]["properties"]["name"].endswith("CRS84")
    geometry = moving["temporalGeometry"]
    assert geometry["type"] == "MovingPoint"
    assert geometry["datetimes"] == ["1970-01-01T00:00:05Z", "1970-01-01T00:00:07Z"]
    assert moving["temporalProperties"][0]["speed_kn"]["form"] == "KNT"
    assert moving["temporalProperties"][0]["speed_kn"]["values"] == [1]
    assert "temporalGeometry" not in still


def test_czml_counts_seconds_from_its_epoch_and_draws_a_line_without_times() -> None:
    timed, untimed = line([1, 2], [3, 4]), line([1, 2], [3, 4], [math.nan, 5])
    _, moving, drawn = orjson.loads(encode("czml", "t", [timed, untimed]))
    assert moving["position"]["epoch"] == "2023-11-14T22:13:20Z"
    assert moving["position"]["cartographicDegrees"] == [0, 3, 1, 0, 60, 4, 2, 0]
    assert drawn["polyline"]["positions"]["cartographicDegrees"] == [3, 1, 0, 4, 2, 0]


def test_csv_disarms_formulas_and_leaves_unknown_values_empty() -> None:
    track = line([1], [2], [math.nan], altitude_ft=[math.nan])
    text = encode("csv", "t", [track], [Point("=1+1", NASTY, 1, 2)]).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["time"] == rows[0]["altitude_ft"] == ""
    assert rows[1]["id"] == "'=1+1"
    assert rows[1]["name"].startswith("'=")


@pytest.mark.parametrize("track_format", list(MEDIA_TYPES))
def test_an_empty_document_and_nasty_names_are_fine(track_format: str) -> None:
    nasty = Line(NASTY, NASTY, np.array([1.0]), np.array([1.0]), np.array([1.0]),
                 properties={NASTY: [NASTY]})  # fmt: skip
    for lines in ([], [nasty]):
        document = encode(track_format, NASTY, lines, [Point("p", NASTY, math.nan, 1)])
        if track_format in ("gpx", "kml"):
            ElementTree.fromstring(document.decode())
        elif track_format != "csv":
            orjson.loads(document)
