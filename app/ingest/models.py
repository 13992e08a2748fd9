"""The record of every import."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.core.models import Table


class IngestRun(Table, table=True):
    """One import: of what, from which bytes, with which counts; written with the import's own commit."""

    __tablename__ = "ingest_runs"
    __table_args__ = (Index("ix_ingest_runs_kind_target", "kind", "target", "id"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    target: str = Field(sa_column=Column(Text, nullable=False))
    file_name: str = Field(sa_column=Column(Text, nullable=False))
    sha256: str = Field(sa_column=Column(Text, nullable=False))
    started_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    finished_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    counts: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    rejects: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
