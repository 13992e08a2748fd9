"""What is shown of the registry: entries, what they said before, disputes."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.core.db import Row
from app.forensics.lookalikes.domains import read_domain

REGISTRY = "/v1/forensics/registry"


def address_of(kind: str, entry_id: str) -> str:
    """The path of an entry."""
    return f"{REGISTRY}/{kind}/{entry_id}"


def entry_shown(row: Row) -> dict[str, Any]:
    """An entry as lists have it."""
    kind, id_ = row["kind"], row["id"]
    domain = row["key"] if kind == "domain" else domain_of(row["url"])
    return {
        "kind": kind,
        "id": id_,
        "name": row["name"],
        "aliases": row["aliases"],
        "platform": row["platform"],
        "handle": row["key"] if kind == "account" else None,
        "domain": domain,
        "status": row["status"],
        "state": row["state"],
        "outlet": row["outlet_id"],
        "imitates": row["imitates"],
        "citations": citations_of(row),
        "open_disputes": row["open_disputes"],
        "synthetic": row["synthetic"],
        "listed_on": row["listed_on"],
        "updated_at": row["updated_at"],
        "withdrawn_at": row["withdrawn_at"],
        "links": [
            {"rel": "self", "href": address_of(kind, id_), "type": "application/json"},
            {
                "rel": "disputes",
                "href": f"{address_of(kind, id_)}/disputes",
                "type": "application/json",
            },
        ],
    }


def citations_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is cited: an account's or domain's list, or the one ground of an outlet."""
    if row["citations"] is not None:
        listed: list[dict[str, Any]] = orjson.loads(row["citations"])
        return listed
    if row["citation"] is None:
        return []
    return [
        {
            "publisher": None,
            "url": None,
            "published_on": None,
            "noted_on": row["cited_on"],
            "says": row["citation"],
        }
    ]


def former_shown(row: Row) -> dict[str, Any]:
    """What an entry said before, and until when."""
    return {
        "status": row["status"],
        "state": row["state"],
        "citations": citations_of(row),
        "until": row["until_at"],
        "by": row["by"],
    }


def dispute_shown(row: Mapping[str, Any], account_id: int | None) -> dict[str, Any]:
    """A dispute; what it says is told to whoever filed it, and to all once an operator read it."""
    own = account_id is not None and row["account_id"] == account_id
    told = own or row["decided_by"] is not None
    return {
        "id": str(row["id"]),
        "standing": row["standing"],
        "filed_at": row["filed_at"],
        "outcome": row["outcome"],
        "statement": row["statement"] if told else None,
        "evidence_url": row["evidence_url"] if told else None,
        "decision": row["decision"],
        "decided_at": row["decided_at"],
        "own": own,
    }


def domain_of(url: str | None) -> str | None:
    """The registrable domain of an outlet's address."""
    if url is None:
        return None
    try:
        return read_domain(url).registrable
    except ValueError:
        return None
