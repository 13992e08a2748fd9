"""The formats in which lists of events are sent; each opens, joins documents, and closes."""

import csv
import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import Any

import orjson

from app.events.schemas import EVENT_FIELDS


class Format(StrEnum):
    """What `f` may name."""

    JSON = "json"
    GEOJSON = "geojson"
    GEOJSONSEQ = "geojsonseq"
    NDJSON = "ndjson"
    CSV = "csv"
    ATOM = "atom"
    JSONFEED = "jsonfeed"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.JSON: "application/json",
    Format.GEOJSON: "application/geo+json",
    Format.GEOJSONSEQ: "application/geo+json-seq",
    Format.NDJSON: "application/x-ndjson",
    Format.CSV: "text/csv; charset=utf-8",
    Format.ATOM: "application/atom+xml",
    Format.JSONFEED: "application/feed+json",
}
_BY_MEDIA_TYPE = {
    **{media.partition(";")[0]: name for name, media in MEDIA_TYPES.items()},
    "text/*": Format.CSV,
    "application/*": Format.JSON,
    "*/*": Format.JSON,
}
_QUALITY = re.compile(r"[01](\.\d{0,3})?")


def negotiate(f: str | None, accept: str) -> Format:
    """`f` if given, else the first format that `Accept` names by preference, else JSON."""
    if f is not None:
        return Format(f)
    wanted = []
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        if _QUALITY.fullmatch(quality) and float(quality) > 0 and media in _BY_MEDIA_TYPE:
            wanted.append((-float(quality), _BY_MEDIA_TYPE[media]))
    return min(wanted, key=lambda pair: pair[0])[1] if wanted else Format.JSON


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands after the items: links, number, and notes on the answer."""

    links: Sequence[Mapping[str, str]]
    returned: int
    meta: Mapping[str, Any]

    def json(self, returned_name: str = "returned") -> bytes:
        """The members after the items, without the opening brace."""
        members = {"links": self.links, returned_name: self.returned, "meta": self.meta}
        return orjson.dumps(members)[1:]


@dataclass(frozen=True, slots=True)
class Encoding:
    """One format: bytes before, between and after the encoded documents."""

    opening: bytes
    separator: bytes
    encode: Callable[[bytes], bytes]
    close: Callable[[Closing], bytes]

    def chunk(self, documents: Sequence[bytes]) -> bytes:
        """Documents joined by the separator."""
        return self.separator.join(map(self.encode, documents))


def _chosen(event: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """An event with only some of its members; all if none is named."""
    if not fields:
        return event
    return {name: event[name] for name in event if name in fields or name in _ALWAYS}


def _json_of(fields: Collection[str]) -> Callable[[bytes], bytes]:
    if not fields:
        return bytes
    return lambda document: orjson.dumps(_chosen(orjson.loads(document), fields))


def feature(document: bytes, fields: Collection[str] = ()) -> bytes:
    """An event as a GeoJSON feature; null geometry when only its country is known."""
    properties = orjson.loads(document)
    lon, lat = properties.pop("lon"), properties.pop("lat")
    point = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return orjson.dumps(
        {
            "type": "Feature",
            "id": properties["id"],
            "geometry": point,
            "properties": _chosen(properties, fields),
        }
    )


_ALWAYS = ("id", "highlight")
_NOT_IN_CSV = ("sources", "links")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def _csv_line(values: Sequence[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue().encode()


def _csv(fields: Collection[str]) -> Encoding:
    columns = [name for name in EVENT_FIELDS if name in (fields or EVENT_FIELDS) or name in _ALWAYS]
    if not fields:
        columns = [name for name in columns if name not in _NOT_IN_CSV]

    def row(document: bytes) -> bytes:
        event = orjson.loads(document)
        return _csv_line([_csv_cell(event[column]) for column in columns])

    return Encoding(_csv_line(columns), b"", row, lambda _: b"")


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list):
        nested = any(isinstance(part, dict) for part in value)
        return orjson.dumps(value).decode() if nested else ";".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    # A spreadsheet would run text that begins like a formula.
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _title(event: Mapping[str, Any]) -> str:
    summary = str(event["summary"])
    return summary if len(summary) <= 120 else summary[:117].rsplit(" ", 1)[0] + "…"


def _atom_entry(document: bytes) -> bytes:
    event = orjson.loads(document)
    point = ""
    if event["lat"] is not None:
        point = f"<georss:point>{event['lat']} {event['lon']}</georss:point>"
    terms = [event["category"], *event["topics"]]
    categories = "".join(f'<category term="{escape(term)}"/>' for term in terms)
    return (
        f"<entry><id>urn:vric:event:{event['id']}</id><title>{_xml(_title(event))}</title>"
        f'<link rel="alternate" type="application/json" href="/v1/events/{event["id"]}"/>'
        f"<updated>{event['published_on']}T00:00:00Z</updated>"
        f"<author><name>{_xml(event['outlet'])}</name></author>"
        f"{categories}{point}<summary>{_xml(event['summary'])}</summary></entry>"
    ).encode()


def _xml(text: str) -> str:
    allowed = "".join(c for c in text if c in "\t\n" or (c > "\x1f" and c not in "\ufffe\uffff"))
    return escape(allowed, quote=False)


def _feed_item(document: bytes) -> bytes:
    event = orjson.loads(document)
    return orjson.dumps(
        {
            "id": f"urn:vric:event:{event['id']}",
            "url": f"/v1/events/{event['id']}",
            "title": _title(event),
            "content_text": event["summary"],
            "date_published": f"{event['published_on']}T00:00:00Z",
            "authors": [{"name": event["outlet"]}],
            "language": event["text_language"],
            "tags": [event["category"], *event["topics"]],
        }
    )


def _atom_close(closing: Closing) -> bytes:
    links = "".join(
        f'<link rel="{link["rel"]}" type="{escape(link["type"])}" href="{escape(link["href"])}"/>'
        for link in closing.links
    )
    return f"{links}</feed>".encode()


def _feed_close(closing: Closing) -> bytes:
    following = next((link["href"] for link in closing.links if link["rel"] == "next"), None)
    return b"]}" if following is None else b"]," + orjson.dumps({"next_url": following})[1:]


_ATOM_OPENING = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss">'
    b"<id>urn:vric:events</id><title>VRIC Monitor: events</title>"
    b"<updated>%s</updated>"
)
_FEED_OPENING = (
    b'{"version":"https://jsonfeed.org/version/1.1","title":"VRIC Monitor: events","items":['
)


def encoding_of(format_: Format, changed_at: datetime, fields: Collection[str] = ()) -> Encoding:
    """How to write a format.

    Args:
        changed_at: when the data last changed, which Atom wants told.
        fields: the members of an event to send, where the format is not a feed; all if empty.
    """
    match format_:
        case Format.JSON:
            return Encoding(b'{"items":[', b",", _json_of(fields), lambda end: b"]," + end.json())
        case Format.GEOJSON:
            opening = b'{"type":"FeatureCollection","features":['
            return Encoding(
                opening,
                b",",
                lambda document: feature(document, fields),
                lambda end: b"]," + end.json("numberReturned"),
            )
        case Format.GEOJSONSEQ:
            return Encoding(
                b"",
                b"",
                lambda document: b"\x1e" + feature(document, fields) + b"\n",
                lambda _: b"",
            )
        case Format.NDJSON:
            encode = _json_of(fields)
            return Encoding(b"", b"", lambda document: encode(document) + b"\n", lambda _: b"")
        case Format.CSV:
            return _csv(fields)
        case Format.ATOM:
            return Encoding(
                _ATOM_OPENING % f"{changed_at:%Y-%m-%dT%H:%M:%SZ}".encode(),
                b"",
                _atom_entry,
                _atom_close,
            )
        case Format.JSONFEED:
            return Encoding(_FEED_OPENING, b",", _feed_item, _feed_close)
