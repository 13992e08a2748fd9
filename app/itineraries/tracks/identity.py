"""What a craft says of itself, held against how such numbers are given out.

A verdict says how two statements go together and nothing of why: a number that does not fit can be
an error of typing, an old registration or a false identity.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.itineraries.tracks.identity_numbers import (
    address_finding,
    imo_finding,
    mmsi_finding,
    plain,
)
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.registers import Registers
from app.itineraries.tracks.two_places import in_two_places

METHOD = "identity"
METHOD_VERSION = "1"

Check = Literal[
    "imo_check_digit",
    "mmsi_flag",
    "icao24_registration",
    "name_in_registry",
    "mmsi_in_two_places",
    "icao24_in_two_places",
    "id_in_two_places",
    "airframe_marks",
    "statement_changed",
    "near_miss",
]
Verdict = Literal["consistent", "inconsistent", "unknown", "not_found", "changed", "distinct"]
Field = Literal[
    "name", "flag", "mmsi", "imo", "callsign", "registration", "icao24", "msn", "type", "operator"
]

MAX_GROUP = 20
"""Craft that share an operator or type are only compared in groups no larger than this."""
_FIXED: tuple[Field, ...] = ("name", "imo", "callsign", "registration", "flag")
_HARD: tuple[Field, ...] = ("msn", "imo")
_SOFT: tuple[Field, ...] = ("name", "registration", "operator", "type")


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said of a craft: by itself (AIS, ADS-B), by a registry, or by a report."""

    craft_id: str
    field: Field
    value: str
    said_at: float | None = None


@dataclass(frozen=True, slots=True)
class IdentityFinding:
    """The outcome of one check on one craft, with what was compared."""

    craft_id: str
    check: Check
    verdict: Verdict
    evidence: Mapping[str, object] = field(default_factory=dict)


Said = dict[Field, dict[str, float | None]]
"""Of one craft: each value of each field, with when it was first said."""


def analyse_identity(
    statements: Iterable[Statement],
    registers: Registers,
    positions: Positions | None = None,
    registry_names: frozenset[str] | None = None,
) -> list[IdentityFinding]:
    """Every check that the material allows, by craft and check.

    Craft ids `mmsi:…` and `icao24:…`, and such of nine digits, count as statements of those numbers.
    `positions` (in order) serve the check of two places; `registry_names` are the names of the
    register to look in.
    """
    said = _gathered(statements, positions)
    registry = None if registry_names is None else {plain(name) for name in registry_names}
    findings = []
    for craft_id, fields in said.items():
        findings += _own(craft_id, fields, registers, registry)
    findings += _airframes(said)
    findings += _near_misses(said)
    if positions is not None:
        for craft_id, rows in positions.by_craft():
            kind, _ = _scheme(craft_id)
            check: Check = (
                "mmsi_in_two_places"
                if kind == "mmsi"
                else "icao24_in_two_places"
                if kind == "icao24"
                else "id_in_two_places"
            )
            verdict, evidence = in_two_places(positions.take(rows))
            findings.append(IdentityFinding(craft_id, check, verdict, evidence))
    return sorted(findings, key=lambda one: (one.craft_id, one.check, str(one.evidence)))


def _gathered(statements: Iterable[Statement], positions: Positions | None) -> dict[str, Said]:
    said: dict[str, Said] = defaultdict(lambda: defaultdict(dict))
    for one in statements:
        value = one.value.strip()
        if not value:
            continue
        values = said[one.craft_id][one.field]
        known = values.get(value)
        if value not in values or (
            one.said_at is not None and (known or one.said_at) >= one.said_at
        ):
            values[value] = one.said_at
    heard = [craft_id for craft_id, _ in positions.by_craft()] if positions is not None else []
    for craft_id in {*said, *heard}:
        kind, number = _scheme(craft_id)
        if kind in ("mmsi", "icao24") and number:
            said[craft_id]["mmsi" if kind == "mmsi" else "icao24"].setdefault(number, None)
    return dict(sorted(said.items()))


def _scheme(craft_id: str) -> tuple[str, str]:
    """What a craft is known by and the number: nine digits alone are an MMSI."""
    if re.fullmatch("[0-9]{9}", craft_id):
        return "mmsi", craft_id
    kind, _, number = craft_id.partition(":")
    return kind, number


def _own(
    craft_id: str, said: Said, registers: Registers, registry: set[str] | None
) -> list[IdentityFinding]:
    """The checks that need nothing but what is said of one craft."""
    found = []
    for imo in said.get("imo", {}):
        found.append(IdentityFinding(craft_id, "imo_check_digit", *imo_finding(imo)))
    for mmsi in said.get("mmsi", {}):
        flags = sorted(said.get("flag", {}))
        found.append(IdentityFinding(craft_id, "mmsi_flag", *mmsi_finding(mmsi, flags, registers)))
    for address in said.get("icao24", {}):
        marks = sorted(said.get("registration", {}))
        finding = address_finding(address, marks, registers)
        found.append(IdentityFinding(craft_id, "icao24_registration", *finding))
    for name in said.get("name", {}) if registry is not None else ():
        verdict: Verdict = "consistent" if registry and plain(name) in registry else "not_found"
        found.append(IdentityFinding(craft_id, "name_in_registry", verdict, {"name": name}))
    for what in _FIXED:
        if what == "callsign" and "icao24" in said:
            continue  # an aircraft's changes with every flight
        values = said.get(what, {})
        if len({plain(value) for value in values}) > 1:
            evidence = {"field": what, "values": _dated(values)}
            found.append(IdentityFinding(craft_id, "statement_changed", "changed", evidence))
    return found


def _airframes(said: Mapping[str, Said]) -> list[IdentityFinding]:
    """Manufacturer's serial numbers that have been seen under several registrations."""
    marks: dict[str, dict[str, float | None]] = defaultdict(dict)
    holders: dict[str, list[str]] = defaultdict(list)
    for craft_id, fields in said.items():
        for msn in fields.get("msn", {}):
            holders[plain(msn)].append(craft_id)
            marks[plain(msn)].update(fields.get("registration", {}))
    found = []
    for msn, craft_ids in holders.items():
        if not marks[msn]:
            continue
        verdict: Verdict = (
            "changed" if len({plain(mark) for mark in marks[msn]}) > 1 else "consistent"
        )
        evidence = {"msn": msn, "registrations": _dated(marks[msn]), "craft_ids": craft_ids}
        found += [IdentityFinding(one, "airframe_marks", verdict, evidence) for one in craft_ids]
    return found


def _near_misses(said: Mapping[str, Said]) -> list[IdentityFinding]:
    """Pairs that share a name, mark, operator or type but not the number that never changes."""
    groups: dict[tuple[Field, str], list[str]] = defaultdict(list)
    for craft_id, fields in said.items():
        for what in _SOFT:
            for value in {_kin(what, value) for value in fields.get(what, {})}:
                groups[what, value].append(craft_id)
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (what, _), craft_ids in groups.items():
        if len(craft_ids) <= MAX_GROUP:
            for row, one in enumerate(craft_ids):
                for other in craft_ids[row + 1 :]:
                    shared[one, other].append(what)
    found = []
    for (one, other), alike in sorted(shared.items()):
        for what in _HARD:
            mine, theirs = said[one].get(what, {}), said[other].get(what, {})
            if mine and theirs and not {*map(plain, mine)} & {*map(plain, theirs)}:
                evidence = {
                    "alike_in": sorted(alike),
                    "apart_by": what,
                    "values": {one: sorted(mine), other: sorted(theirs)},
                }
                found += [
                    IdentityFinding(x, "near_miss", "distinct", evidence) for x in (one, other)
                ]
                break
    return found


def _kin(what: Field, value: str) -> str:
    """What is alike: of a type designator its family (B743 and B744 are both 747s)."""
    return plain(value)[:3] if what == "type" else plain(value)


def _dated(values: Mapping[str, float | None]) -> Sequence[Mapping[str, object]]:
    order = sorted(values, key=lambda value: (values[value] or 0.0, value))
    return [{"value": value, "said_at": values[value]} for value in order]
