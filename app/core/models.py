"""Tables that belong to no feature, and the naming of constraints."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, MetaData, text
from sqlmodel import Field, SQLModel

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """The base of every table: one metadata, constraints with predictable names."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class DataVersionRow(Table, table=True):
    """The one row whose number changes with every committed change of the public data."""

    __tablename__ = "data_version"
    __table_args__ = (CheckConstraint("only_row", name="one_row"),)

    only_row: bool = Field(True, primary_key=True)
    version: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
