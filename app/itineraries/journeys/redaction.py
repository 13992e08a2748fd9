"""Takes names of persons out of journeys for good: on an objection, or when their time is over."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg

from app.core import data_version
from app.core.db import Database
from app.core.errors import CommandError
from app.itineraries.journeys import writer
from app.itineraries.journeys.claims import Claim
from app.itineraries.journeys.derive import derive_itineraries
from app.itineraries.journeys.names import Redactor, words_in
from app.itineraries.journeys.records import is_private
from app.itineraries.journeys.writer import NewClaim

MAX_WORDS = 8
OBJECTION, RETENTION = "objection", "retention"


async def redact_name(
    database: Database, name: str, secrets: Sequence[bytes], by: str, dry_run: bool = False
) -> int:
    """Replace a name in every claim, past versions too, and keep it out of what comes later.

    Only a keyed hash of the name stays. Returns the number of itineraries it stood in.

    Raises:
        CommandError: a text without a word, or with more than eight.
    """
    count = words_in(name)
    if not 1 <= count <= MAX_WORDS:
        raise CommandError(f"give a name of one to {MAX_WORDS} words")
    redactor = Redactor.of_names([name], secrets)
    async with database.transaction() as connection:
        await data_version.bump(connection)
        found = {
            stored.id: (stored, made)
            async for stored in writer.stream_claims(connection)
            if (made := _cleaned(stored, redactor)).digest != stored.digest
        }
        itineraries = {stored.itinerary_id for stored, _ in found.values()}
        if not dry_run:
            await writer.add_redaction(connection, redactor, OBJECTION)
            await _rewrite(connection, found, by, OBJECTION)
    return len(itineraries)


async def expire_private_names(
    database: Database, keep_days: int, secrets: Sequence[bytes], by: str
) -> int:
    """Take the names of persons without a public office out of journeys that ended so long ago.

    Returns the number of itineraries that lost some.
    """
    cutoff = datetime.now(UTC) - timedelta(days=keep_days)
    async with database.transaction() as connection:
        await data_version.bump(connection)
        over = await writer.load_over(connection, cutoff)
        found: dict[int, tuple[writer.StoredClaim, NewClaim]] = {}
        for itinerary_id in over:
            stored = [s async for s in writer.stream_claims(connection, itinerary_id)]
            redactor = Redactor.of_names(private_names([s.claim for s in stored]), secrets)
            found |= {s.id: (s, _cleaned(s, redactor)) for s in stored}
        await _rewrite(connection, found, by, RETENTION)
    return len(over)


def private_names(claims: Sequence[Claim]) -> list[str]:
    """The names of those who moved without a public office."""
    return [
        name
        for claim in claims
        if is_private(claim)
        for name in (claim.mover.name, *claim.mover.members)
    ]


def is_over(claims: Sequence[Claim], cutoff: datetime) -> bool:
    """Whether a journey ended before an instant; one without a date, when it was last told of."""
    ends = [when.moment.latest for c in claims for when in (*c.departed, *c.arrived)]
    told = [source.published_on for c in claims for source in c.sources if source.published_on]
    if ends:
        return max(ends) < cutoff
    return bool(told) and max(told) < cutoff.date()


def _cleaned(stored: writer.StoredClaim, redactor: Redactor) -> NewClaim:
    key = redactor.clean_key(stored.itinerary_id)
    return NewClaim.of(key, redactor.clean(stored.claim))


async def _rewrite(
    connection: asyncpg.Connection,
    found: dict[int, tuple[writer.StoredClaim, NewClaim]],
    by: str,
    grounds: str,
) -> None:
    await writer.rewrite_claims(connection, {key: made for key, (_, made) in found.items()})
    moved = {
        stored.itinerary_id: made.itinerary_id
        for stored, made in found.values()
        if stored.itinerary_id != made.itinerary_id
    }
    await writer.move_itineraries(connection, moved)
    # What the old ids had on every surface goes; the new ones are derived.
    await derive_itineraries(connection, dict.fromkeys(moved, (0, 0)), by)
    touched = {made.itinerary_id for _, made in found.values()}
    await derive_itineraries(connection, dict.fromkeys(touched, (0, 0)), by, "redacted", grounds)
