"""craft of which something is made up; those of the demo log that were taken in are marked"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "e2c94a7d6b18"
down_revision: str | None = "b7e15f0c93d4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Analysed again as a whole, so that all that follows from them is marked as well.
_MARK_THE_DEMO = """
UPDATE crafts SET synthetic = true, stale_from = first_at, stale_until = last_at,
    stale_since = CASE WHEN first_at IS NOT NULL THEN now() END
WHERE id IN (
    SELECT craft_id FROM craft_identities
    WHERE field = 'name' AND value IN ('SYNTHETIC ALPHA', 'SYNTHETIC BRAVO')
)
"""


def upgrade() -> None:
    op.add_column(
        "crafts",
        sa.Column("synthetic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.execute(_MARK_THE_DEMO)


def downgrade() -> None:
    op.drop_column("crafts", "synthetic")
