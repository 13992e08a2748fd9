"""when craft lay in crowds, for those who make them or leave them later"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "b7e15f0c93d4"
down_revision: str | None = "5d1c0a7be942"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "craft_crowds",
        sa.Column("craft_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["craft_id"],
            ["crafts.id"],
            name=op.f("fk_craft_crowds_craft_id_crafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("craft_id", "method", "start_at", name=op.f("pk_craft_crowds")),
    )


def downgrade() -> None:
    op.drop_table("craft_crowds")
