"""craft whose activities changed, for the journeys that tell of them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
revision: str = '5d1c0a7be942'
down_revision: str | None = '2f90c6be71d5'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('changed_crafts',
    sa.Column('craft_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('craft_id', name=op.f('pk_changed_crafts'))
    )
    # All silences that go on are told of once.
    op.execute("UPDATE observed_until SET until = '-infinity'")


def downgrade() -> None:
    op.drop_table('changed_crafts')
