"""activities are found by place and time at once"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
revision: str = '2f90c6be71d5'
down_revision: str | None = '8d2e61b7f4a9'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute('ALTER INDEX ix_activities_craft_ids SET (fastupdate = off)')
    op.drop_index('ix_activities_place', table_name='activities')
    op.create_index('ix_activities_place_time', 'activities', [sa.text('point(lon, lat)'), sa.text("tstzrange(start_at, end_at, '[]')")], unique=False, postgresql_using='gist')


def downgrade() -> None:
    op.drop_index('ix_activities_place_time', table_name='activities')
    op.create_index('ix_activities_place', 'activities', [sa.text('point(lon, lat)')], unique=False, postgresql_using='gist')
    op.execute('ALTER INDEX ix_activities_craft_ids RESET (fastupdate)')
