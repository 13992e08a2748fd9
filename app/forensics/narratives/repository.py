"""Reading the findings that narratives are taken from."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.forensics.findings.models import Finding, FindingVersion


async def find_latest_chains(
    session: AsyncSession, account_id: int, corpus_id: int
) -> Finding | None:
    """The newest finding of chains in a corpus that an account may see and nobody took back."""
    statement = (
        select(Finding)
        .where(
            Finding.corpus_id == corpus_id,
            Finding.kind == "chains",
            col(Finding.retracted_at).is_(None),
            col(Finding.deleted_at).is_(None),
            or_(Finding.account_id == account_id, col(Finding.published_at).is_not(None)),
        )
        .order_by(col(Finding.created_at).desc(), col(Finding.id))
    )
    return (await session.exec(statement)).first()


async def list_documents(
    session: AsyncSession, finding_id: UUID, until: int, limit: int
) -> Sequence[bytes]:
    """The documents of the last versions up to one of them, newest first."""
    statement = (
        select(FindingVersion.document)
        .where(FindingVersion.finding_id == finding_id, FindingVersion.number <= until)
        .order_by(col(FindingVersion.number).desc())
        .limit(limit)
    )
    return (await session.exec(statement)).all()
