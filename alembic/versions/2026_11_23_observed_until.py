"""until when journeys tell of what was derived from positions"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
revision: str = 'c7a4e19f0b36'
down_revision: str | None = 'f3b6d20c91e4'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('observed_until',
    sa.Column('only_row', sa.Boolean(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('only_row', name=op.f('ck_observed_until_one_row')),
    sa.PrimaryKeyConstraint('only_row', name=op.f('pk_observed_until'))
    )
    # All is told of once more, with the voyages of vessels.
    op.execute("INSERT INTO observed_until (only_row, until) VALUES (true, '-infinity')")


def downgrade() -> None:
    op.drop_table('observed_until')
