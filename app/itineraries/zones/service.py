"""The rules of zones: bundled ones are read, one's own are kept, changed and removed."""

from typing import Any
from uuid import UUID

from app.access.idempotency import Once
from app.access.repository import lock_account
from app.core import data_version
from app.core.clock import now
from app.core.db import Database, driver_connection
from app.core.errors import ConflictError, InvalidParameterError, NotFoundError
from app.itineraries.models import Zone
from app.itineraries.zones import repository
from app.itineraries.zones.bundled import bundled_zones
from app.itineraries.zones.schemas import Zone as ZoneShown
from app.itineraries.zones.schemas import ZoneChange, ZoneWish

MAX_ZONES = 100
_RULE = ("max_km", "min_minutes", "max_speed_kn")


class ZoneLimitError(ConflictError):
    code = "zone_limit"


class BundledZoneError(ConflictError):
    code = "zone_bundled"


async def list_zones(database: Database, account_id: int) -> list[ZoneShown]:
    """The bundled zones, then the account's own."""
    async with database.session() as session:
        own = await repository.list_zones(session, account_id)
    return [*map(_bundled, bundled_zones().values()), *map(_own, own)]


async def get_zone(database: Database, account_id: int, zone_id: str) -> ZoneShown:
    """A bundled zone, or one of the account.

    Raises:
        NotFoundError: neither has this id.
    """
    if zone_id in bundled_zones():
        return _bundled(bundled_zones()[zone_id])
    own = _uuid(zone_id)
    async with database.session() as session:
        zone = None if own is None else await repository.find_zone(session, account_id, own)
    if zone is None:
        raise _not_found()
    return _own(zone)


async def get_geometries(
    database: Database, account_id: int, zone_ids: list[str]
) -> list[dict[str, Any]]:
    """The areas of zones, as GeoJSON.

    Raises:
        InvalidParameterError: a zone is neither bundled nor the account's.
    """
    try:
        return [(await get_zone(database, account_id, zone)).geometry for zone in zone_ids]
    except NotFoundError:
        raise InvalidParameterError.of("zone", "there is no such zone") from None


async def create_zone(
    database: Database, account_id: int, wish: ZoneWish, once: Once | None
) -> ZoneShown:
    """Keep a zone.

    Raises:
        ZoneLimitError: the account has as many as one may have.
    """
    async with database.session() as session:
        if once is not None and (first := await once.begin(session, account_id)):
            return ZoneShown.model_validate_json(first.body)
        await lock_account(session, account_id)
        if await repository.count_zones(session, account_id) >= MAX_ZONES:
            raise ZoneLimitError(f"an account keeps at most {MAX_ZONES} zones")
        zone = Zone(account_id=account_id, **wish.model_dump())
        session.add(zone)
        shown = _own(zone)
        if once is not None:
            await once.keep(session, 201, shown.model_dump_json())
        await data_version.bump(await driver_connection(session), data_version.ROUTES)
        return shown


async def change_zone(
    database: Database, account_id: int, zone_id: str, change: ZoneChange
) -> ZoneShown:
    """Change one's own zone.

    Raises:
        BundledZoneError: it comes with the product.
        NotFoundError: the account has none of this id.
    """
    async with database.session() as session:
        zone = await repository.find_zone(session, account_id, _changeable(zone_id))
        if zone is None:
            raise _not_found()
        for name, value in change.model_dump(exclude_unset=True).items():
            if value is not None or name == "note":
                setattr(zone, name, value)
        zone.updated_at = now()
        session.add(zone)
        await data_version.bump(await driver_connection(session), data_version.ROUTES)
        return _own(zone)


async def remove_zone(database: Database, account_id: int, zone_id: str) -> None:
    """Remove one's own zone.

    Raises:
        BundledZoneError: it comes with the product.
        NotFoundError: the account has none of this id.
    """
    async with database.session() as session:
        zone = await repository.find_zone(session, account_id, _changeable(zone_id))
        if zone is None:
            raise _not_found()
        await session.delete(zone)
        await data_version.bump(await driver_connection(session), data_version.ROUTES)


def _changeable(zone_id: str) -> UUID:
    if zone_id in bundled_zones():
        raise BundledZoneError("this zone comes with the product; keep one of your own beside it")
    own = _uuid(zone_id)
    if own is None:
        raise _not_found()
    return own


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _not_found() -> NotFoundError:
    return NotFoundError("there is no such zone")


def _bundled(feature: dict[str, Any]) -> ZoneShown:
    about = feature["properties"]
    return ZoneShown(
        id=feature["id"],
        name=about["name"],
        note=about.get("note"),
        bundled=True,
        rule={name: about[name] for name in _RULE if name in about} or None,
        geometry=feature["geometry"],
    )


def _own(zone: Zone) -> ZoneShown:
    return ZoneShown(
        id=str(zone.id),
        name=zone.name,
        note=zone.note,
        bundled=False,
        geometry=zone.geometry,
        created_at=zone.created_at,
        updated_at=zone.updated_at,
    )
