"""Answers which of some domains may be taken for another's, with what the registry says of them."""

import asyncio
from typing import Any

from app.core.db import Database
from app.core.errors import InvalidBodyError
from app.forensics.lookalikes.checking import check_domains, protected_of
from app.forensics.lookalikes.domains import read_domain
from app.forensics.lookalikes.matching import METHOD, VERSION, Matcher, Protected
from app.forensics.lookalikes.schemas import LookalikeWish
from app.forensics.registry.repository import fetch_domains, fetch_protected
from app.forensics.registry.views import address_of


async def find_lookalikes(
    database: Database, wish: LookalikeWish
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The items in the order of the domains asked for, and the method.

    Raises:
        InvalidBodyError: one of `against` is no domain.
    """
    given = _given(wish)
    sources = None
    if wish.registry:
        sources = [(row["domain"], row["source"]) for row in await fetch_protected(database)]
    items, compared = await asyncio.to_thread(_check, wish, given, sources)
    registrables = {item["registrable"] for item in items if item["registrable"]}
    listed = await fetch_domains(database, sorted(registrables))
    for item in items:
        if (entry := listed.get(item["registrable"])) is not None:
            href = address_of("domain", entry["id"])
            item["listed"] = {"status": entry["status"], "href": href}
    meta = {
        "method": METHOD, "version": VERSION, "compared_with": compared,
        "min_score": wish.min_score,
    }  # fmt: skip
    return items, meta


def _given(wish: LookalikeWish) -> list[Protected]:
    given = []
    for number, text in enumerate(wish.against):
        try:
            given.append(Protected(read_domain(text), "given"))
        except ValueError as error:
            raise InvalidBodyError.of(f"against.{number}", str(error)) from None
    return given


def _check(
    wish: LookalikeWish, given: list[Protected], sources: list[tuple[str, str]] | None
) -> tuple[list[dict[str, Any]], int]:
    matcher = Matcher(given if sources is None else [*given, *protected_of(sources)])
    return list(check_domains(wish.domains, matcher, wish.min_score)), matcher.size
