"""Keeps the flights and voyages that sensors observed as claims, one collection for each craft."""

from collections.abc import Sequence

from app.core import data_version
from app.core.db import Database
from app.itineraries.activities.deriver import LOCK
from app.itineraries.journeys.claims import Claim
from app.itineraries.journeys.importer import write_claims
from app.itineraries.journeys.observed import writer
from app.itineraries.journeys.observed.claims import observed_claims
from app.itineraries.journeys.writer import content_of, load_contents, load_redactor

CRAFT_AT_ONCE = 200


async def record_observed_legs(database: Database, secrets: Sequence[bytes]) -> int:
    """Bring itineraries up to the flights and voyages that were derived from positions.

    Only craft whose flights, calls and gaps changed since the last time are read; doing it twice is
    the same. Returns the number of itineraries that changed.

    Args:
        secrets: keys of the hashes of redacted names.
    """
    changed = 0
    # While the analysis is kept out, what is noted of a craft is no newer than what is read of it.
    async with database.locked(LOCK):
        async with database.transaction() as connection:
            await writer.add_silent(connection)
            craft_ids = await writer.load_changed(connection, CRAFT_AT_ONCE)
        while craft_ids:
            changed += await _record(database, craft_ids, secrets)
            async with database.transaction() as connection:
                await writer.note_recorded(connection, craft_ids)
                craft_ids = await writer.load_changed(connection, CRAFT_AT_ONCE)
    return changed


async def _record(database: Database, craft_ids: Sequence[int], secrets: Sequence[bytes]) -> int:
    """Bring some craft up to date. Most have no other legs than before: then nothing is written."""
    async with database.transaction() as connection:
        redactor = await load_redactor(connection, secrets)
        crafts = await writer.load_observed(connection, craft_ids)
        standing = await load_contents(connection, [_collection(craft.id) for craft in crafts])
    changed: dict[str, list[Claim]] = {}
    for craft in crafts:
        name, claims = _collection(craft.id), _claims_of(craft)
        if {content_of(redactor.clean(one)) for one in claims} != standing.get(name, set()):
            changed[name] = claims
    if not changed:
        return 0
    async with database.transaction() as connection:
        await data_version.bump(connection)
        redactor = await load_redactor(connection, secrets)
        counts = [
            await write_claims(connection, name, claims, redactor)
            for name, claims in changed.items()
        ]
    return sum(count["itineraries"] for count in counts)


def _claims_of(craft: writer.Observed) -> list[Claim]:
    claims = observed_claims(craft.id, craft.key, craft.activities, craft.said)
    return [claim.model_copy(update={"synthetic": craft.synthetic}) for claim in claims]


def _collection(craft_id: int) -> str:
    return f"observed:{craft_id}"
