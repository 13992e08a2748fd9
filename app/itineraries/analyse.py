"""Local analysis: a file of positions in, findings out as plain records; no database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import numpy as np

from app.ingest.rejects import Reject
from app.itineraries.airfields import load_airports
from app.itineraries.analysis_kind import Kind
from app.itineraries.findings import as_record
from app.itineraries.register_data import load_registers
from app.itineraries.sea_data import load_places, load_shore, load_zones
from app.itineraries.sources.batch import Batch, IdentityStatement, join_positions
from app.itineraries.sources.formats import ReadOptions, read_batches
from app.itineraries.sources.opening import UnreadableError
from app.itineraries.sources.registry import find_register, read_registry
from app.itineraries.sources.statements import as_statements
from app.itineraries.tracks import (
    gaps,
    identity,
    legs,
    loitering,
    meetings,
    near_shore,
    segments,
    spoofing,
    stops,
    visits,
)
from app.itineraries.tracks.identity import Statement
from app.itineraries.tracks.positions import Positions

MAX_POSITIONS = 20_000_000
MAX_KEPT_REJECTS = 1_000
Record = dict[str, Any]


_AT_SEA = {Kind.STOPS, Kind.MEETINGS, Kind.SEGMENTS, Kind.VISITS, Kind.LOITERING, Kind.TRANSFERS}
_IN_THE_AIR = {Kind.LEGS}


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may set; the rest is as the methods have it by default."""

    stop_rule: stops.StopOptions = field(default_factory=stops.StopOptions)
    meeting_rule: meetings.MeetingOptions = field(default_factory=meetings.MeetingOptions)
    leg_rule: legs.LegOptions = field(default_factory=legs.LegOptions)
    points: bool = False


@dataclass(slots=True)
class Material:
    """What a file gave. `rejects` holds the first thousand, `rejected` counts all of them.

    `statements` are those of a register, which has no positions; `synthetic` names craft of which
    anything is made up.
    """

    positions: Positions
    statics: list[IdentityStatement]
    statements: list[Statement]
    rejects: list[Reject]
    rejected: int
    lines: int
    unused: dict[str, int]
    synthetic: set[str] = field(default_factory=set)


def load_material(
    path: Path, options: ReadOptions, progress: Callable[[int], object] | None = None
) -> Material:
    """All positions of a file, in the file's order; of a register, what it says of craft.

    Raises:
        UnreadableError: it cannot be read, or holds more than twenty million positions.
    """
    found = Material(join_positions([]), [], [], [], 0, 0, {})
    if options.format is None and not options.columns and (text := find_register(path)) is not None:
        _add_register(found, text)
        return found
    parts: list[Positions] = []
    count = 0
    for batch in read_batches(path, options, progress):
        count += len(batch.positions)
        if count > MAX_POSITIONS:
            raise UnreadableError(
                f"more than {MAX_POSITIONS:,} positions; cut the file, or take it in with vric ingest"
            )
        parts.append(batch.positions)
        _add(found, batch)
    found.positions = join_positions(parts)
    return found


def _add(found: Material, batch: Batch) -> None:
    found.statics += batch.statics
    _reject(found, batch.rejects)
    found.lines += batch.lines
    found.synthetic |= batch.synthetic
    for reason, number in batch.unused.items():
        found.unused[reason] = found.unused.get(reason, 0) + number


def _add_register(found: Material, text: str) -> None:
    for row in read_registry(text):
        found.lines += 1
        if isinstance(row, Reject):
            _reject(found, [row])
            continue
        _reject(found, [Reject(row.line, doubt) for doubt in row.doubts])
        at = None if row.valid_from is None else row.valid_from.timestamp()
        found.statements += [
            Statement(row.key, field, row.said[field], at)
            for field in get_args(identity.Field)
            if field in row.said
        ]


def _reject(found: Material, rejects: Sequence[Reject]) -> None:
    found.rejects += rejects[: MAX_KEPT_REJECTS - len(found.rejects)]
    found.rejected += len(rejects)


def analyse(material: Material, kind: Kind | None, options: Options) -> Iterator[Record]:
    """The findings of one kind about every craft, or of all kinds about the craft they suit.

    What is found of craft that are made up has `synthetic`.
    """
    for record in _found(material, kind, options):
        craft_ids = record.get("craft_ids") or [record["craft_id"]]
        made_up = not material.synthetic.isdisjoint(craft_ids)
        yield {**record, "synthetic": True} if made_up else record


def _found(material: Material, kind: Kind | None, options: Options) -> Iterator[Record]:
    everything = material.positions.in_order()
    if kind is not None:
        yield from _ANALYSES[kind](material, everything, options)
        return
    flying = _flying(everything)
    at_sea, in_the_air = everything.take(~flying), everything.take(flying)
    for each, look in _ANALYSES.items():
        suited = at_sea if each in _AT_SEA else in_the_air if each in _IN_THE_AIR else everything
        yield from look(material, suited, options)


def _flying(positions: Positions) -> "np.typing.NDArray[np.bool_]":
    """Which fixes are of aircraft: by their id, or because any fix of theirs has an altitude."""
    aloft = np.isfinite(positions.altitude_ft) | (positions.on_ground >= 0)
    by_craft = np.zeros(len(positions.craft_ids), dtype=np.bool_)
    by_craft[positions.craft[aloft]] = True
    for craft, craft_id in enumerate(positions.craft_ids):
        if craft_id.startswith(("icao24:", "mmsi:")):
            by_craft[craft] = craft_id.startswith("icao24:")
    return by_craft[positions.craft]


def _records(
    method: ModuleType, found: Sequence[Any], parameters: Mapping[str, Any]
) -> Iterator[Record]:
    for finding in found:
        yield as_record(method.METHOD, method.METHOD_VERSION, asdict(finding), parameters)


def _stops(_: Material, positions: Positions, options: Options) -> Iterator[Record]:
    found = stops.detect_stops(positions, options.stop_rule)
    return _records(stops, found, asdict(options.stop_rule))


def _gaps(_: Material, positions: Positions, __: Options) -> Iterator[Record]:
    rule = gaps.GapOptions()
    return _records(gaps, gaps.detect_gaps(positions, rule), asdict(rule))


def _meetings(_: Material, positions: Positions, options: Options) -> Iterator[Record]:
    rule = options.meeting_rule
    places = load_places() if rule.filtered else None
    return _records(meetings, meetings.detect_meetings(positions, rule, places), asdict(rule))


def _segments(material: Material, positions: Positions, options: Options) -> Iterator[Record]:
    wanted = np.zeros(len(positions.craft_ids), dtype=np.bool_)
    wanted[positions.craft] = True
    # Two hulls may be heard in one second: here no fix is dropped.
    given = material.positions.take(wanted[material.positions.craft])
    given = given.take(np.lexsort((given.time_s, given.craft)))
    rule = segments.SegmentOptions()
    split = segments.detect_segments(given, rule)
    yield from _records(segments, split.segments, asdict(rule))
    if options.points:
        for row in range(len(given)):
            point = {
                "craft_id": given.craft_ids[given.craft[row]],
                "hull": int(split.hull[row]),
                "segment": int(split.segment[row]) + 1,
                "time_at": float(given.time_s[row]),
                "lat": float(given.lat[row]),
                "lon": float(given.lon[row]),
            }
            record = as_record("point", segments.METHOD_VERSION, point, {})
            record["time"] = record.pop("time_at")
            yield record


def _visits(_: Material, positions: Positions, __: Options) -> Iterator[Record]:
    rule, places = visits.VisitOptions(), load_places()
    for visit in visits.detect_visits(positions, places, rule):
        record = {
            **asdict(visit),
            "place": places.names[visit.place],
            "country": places.countries[visit.place],
            "lat": float(places.lat[visit.place]),
            "lon": float(places.lon[visit.place]),
        }
        yield as_record(visits.METHOD, visits.METHOD_VERSION, record, asdict(rule))


def _loitering(_: Material, positions: Positions, __: Options) -> Iterator[Record]:
    if not len(positions):
        return iter(())
    rule = loitering.LoiteringOptions()
    return _records(
        loitering, loitering.detect_loitering(positions, load_shore(), rule), asdict(rule)
    )


def _transfers(material: Material, positions: Positions, _: Options) -> Iterator[Record]:
    types = {said.craft_id: said.ship_type for said in material.statics if said.ship_type}
    return _records(near_shore, near_shore.detect_transfers(positions, load_zones(), types), {})


def _legs(material: Material, positions: Positions, options: Options) -> Iterator[Record]:
    if not len(positions):
        return iter(())
    aircraft = {
        said.craft_id: said.aircraft_type for said in material.statics if said.aircraft_type
    }
    found = legs.detect_legs(positions, load_airports(), aircraft, options.leg_rule)
    return _records(legs, found, asdict(options.leg_rule))


def _spoofing(_: Material, positions: Positions, __: Options) -> Iterator[Record]:
    rule = spoofing.SpoofingOptions()
    return _records(spoofing, spoofing.detect_spoofing(positions, rule), asdict(rule))


def _identity(material: Material, positions: Positions, _: Options) -> Iterator[Record]:
    said = chain(material.statements, as_statements(material.statics))
    return _records(identity, identity.analyse_identity(said, load_registers(), positions), {})


_ANALYSES: dict[Kind, Callable[[Material, Positions, Options], Iterator[Record]]] = {
    Kind.SEGMENTS: _segments,
    Kind.STOPS: _stops,
    Kind.GAPS: _gaps,
    Kind.VISITS: _visits,
    Kind.MEETINGS: _meetings,
    Kind.TRANSFERS: _transfers,
    Kind.LOITERING: _loitering,
    Kind.LEGS: _legs,
    Kind.SPOOFING: _spoofing,
    Kind.IDENTITY: _identity,
}
