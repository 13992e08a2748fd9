"""Reads the SDN list as OFAC publishes it in XML, in its classic and its advanced form.

No document type, entity or reference to elsewhere is allowed in it.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from app.ingest.rejects import Reject
from app.itineraries.sources.listed import Listed, identifiers_of, kind_of

_LISTED_DEPTH = 2


def read_ofac_xml(content: bytes) -> Iterator[Listed | Reject]:
    """Every entry of the list; which form it has is told by its root."""
    advanced: _Advanced | None = None
    depth, entries = 0, 0
    try:
        for event, element in iterparse(io.BytesIO(content), ("start", "end"), forbid_dtd=True):
            if event == "start":
                depth += 1
                if depth == 1:
                    root, name = element, _local(element)
                    if name not in ("sdnList", "Sanctions"):
                        yield Reject(1, f"the root is {name[:60]}, not sdnList or Sanctions")
                        return
                    advanced = _Advanced() if name == "Sanctions" else None
                continue
            depth -= 1
            if advanced is not None:
                if advanced.take(element, depth):
                    element.clear()
            elif depth == 1:
                if _local(element) == "sdnEntry":
                    entries += 1
                    yield _classic(element, entries)
                root.clear()
        if advanced is not None:
            yield from advanced.entries()
    except ParseError as error:
        yield Reject(error.position[0], "no well-formed XML from here on")
    except DefusedXmlException as error:
        yield Reject(1, f"{type(error).__name__}: document types and entities are refused")
    except (ValueError, LookupError) as error:
        yield Reject(1, f"XML that cannot be read: {type(error).__name__}")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, *path: str) -> list[Element]:
    """The elements at a path of local names, whatever their namespace."""
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if _local(child) == name]
    return found


def _text(element: Element, *path: str) -> str:
    return next((t for child in _children(element, *path) if (t := (child.text or "").strip())), "")


def _classic(entry: Element, number: int) -> Listed | Reject:
    uid, last = _text(entry, "uid"), _text(entry, "lastName")
    if not uid or not last:
        return Reject(number, "an entry without uid or lastName")
    name = " ".join(part for part in (_text(entry, "firstName"), last) if part)
    aliases = tuple(
        " ".join(part for part in (_text(aka, "firstName"), _text(aka, "lastName")) if part)
        for aka in _children(entry, "akaList", "aka")
    )
    ids = [
        f"{_text(item, 'idType')} {_text(item, 'idNumber')}"
        for item in _children(entry, "idList", "id")
    ]
    kind = kind_of(_text(entry, "sdnType"))
    remarks = _text(entry, "remarks")
    vessel = [f"{_local(part)} {part.text.strip()}" for info in _children(entry, "vesselInfo")
              for part in info if part.text and part.text.strip()]  # fmt: skip
    return Listed(
        entry_id=uid,
        kind=kind,
        name=name,
        aliases=tuple(alias for alias in aliases if alias),
        programs=tuple(
            (program.text or "").strip() for program in _children(entry, "programList", "program")
        ),
        identifiers=identifiers_of(kind, (name, *aliases), (*ids, remarks)),
        remarks="; ".join(part for part in (remarks, *ids, *vessel) if part) or None,
    )


@dataclass(slots=True)
class _Party:
    entry_id: str
    kind_id: str
    names: list[str]
    features: list[tuple[str, str]]
    identities: list[str]


@dataclass(slots=True)
class _Advanced:
    """What is gathered of the advanced form: its parts refer to each other by numbers."""

    terms: dict[tuple[str, str], str] = field(default_factory=dict)
    documents: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    parties: dict[str, _Party] = field(default_factory=dict)
    programs: dict[str, list[str]] = field(default_factory=dict)
    listed_on: dict[str, date] = field(default_factory=dict)

    def take(self, element: Element, depth: int) -> bool:
        """Note what an element says when it has ended; tells whether it can be forgotten."""
        name = _local(element)
        if name in ("PartySubType", "FeatureType", "IDRegDocType"):
            self.terms[name, element.get("ID", "")] = (element.text or "").strip()
        elif name == "IDRegDocument":
            said = (element.get("IDRegDocTypeID", ""), _text(element, "IDRegistrationNo"))
            self.documents.setdefault(element.get("IdentityID", ""), []).append(said)
        elif name == "DistinctParty":
            self._party(element)
        elif name == "SanctionsEntry":
            self._entry(element)
        return depth == _LISTED_DEPTH

    def _party(self, element: Element) -> None:
        for profile in _children(element, "Profile"):
            names = [
                " ".join(filter(None, ((part.text or "").strip() for part in _children(
                    documented, "DocumentedNamePart", "NamePartValue"))))
                for alias in sorted(
                    _children(profile, "Identity", "Alias"), key=lambda a: a.get("Primary") != "true"
                )
                for documented in _children(alias, "DocumentedName")
            ]  # fmt: skip
            features = [
                (feature.get("FeatureTypeID", ""), (detail.text or "").strip())
                for feature in _children(profile, "Feature")
                for detail in _children(feature, "FeatureVersion", "VersionDetail")
            ]
            self.parties[profile.get("ID", "")] = _Party(
                entry_id=element.get("FixedRef", "") or profile.get("ID", ""),
                kind_id=profile.get("PartySubTypeID", ""),
                names=[name for name in names if name],
                features=[(kind, text) for kind, text in features if text],
                identities=[i.get("ID", "") for i in _children(profile, "Identity")],
            )

    def _entry(self, element: Element) -> None:
        profile = element.get("ProfileID", "")
        measures = [_text(measure, "Comment") for measure in _children(element, "SanctionsMeasure")]
        self.programs.setdefault(profile, []).extend(filter(None, measures))
        for day in _children(element, "EntryEvent", "Date"):
            parts = [_text(day, part) for part in ("Year", "Month", "Day")]
            if all(part.isdecimal() for part in parts):
                self.listed_on[profile] = date(*map(int, parts))

    def entries(self) -> Iterator[Listed | Reject]:
        """The entries, when all was taken."""
        for number, (profile, party) in enumerate(self.parties.items(), start=1):
            if not party.names:
                yield Reject(number, "a party without a name")
                continue
            kind = kind_of(self.terms.get(("PartySubType", party.kind_id), ""))
            said = [*self._documents_of(party.identities), *self._features_of(party)]
            yield Listed(
                entry_id=party.entry_id,
                kind=kind,
                name=party.names[0],
                aliases=tuple(dict.fromkeys(party.names[1:])),
                programs=tuple(dict.fromkeys(self.programs.get(profile, ()))),
                identifiers=identifiers_of(kind, party.names, said),
                remarks="; ".join(said) or None,
                listed_on=self.listed_on.get(profile),
            )

    def _documents_of(self, identities: Sequence[str]) -> list[str]:
        return [
            f"{self.terms.get(('IDRegDocType', kind), '')} {number}".strip()
            for identity in identities
            for kind, number in self.documents.get(identity, ())
        ]

    def _features_of(self, party: _Party) -> list[str]:
        return [
            f"{self.terms.get(('FeatureType', kind), '')} {text}".strip()
            for kind, text in party.features
        ]
