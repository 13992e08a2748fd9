"""Reads and counts the zones of accounts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.itineraries.models import Zone


async def list_zones(session: AsyncSession, account_id: int) -> Sequence[Zone]:
    """An account's zones, oldest first."""
    statement = (
        select(Zone)
        .where(col(Zone.account_id) == account_id)
        .order_by(col(Zone.created_at), col(Zone.id))
    )
    return (await session.exec(statement)).all()


async def count_zones(session: AsyncSession, account_id: int) -> int:
    """How many zones an account has."""
    statement = select(func.count()).where(col(Zone.account_id) == account_id)
    return (await session.exec(statement)).one()


async def find_zone(session: AsyncSession, account_id: int, zone_id: UUID) -> Zone | None:
    """An account's zone."""
    statement = select(Zone).where(col(Zone.account_id) == account_id, col(Zone.id) == zone_id)
    return (await session.exec(statement)).one_or_none()
