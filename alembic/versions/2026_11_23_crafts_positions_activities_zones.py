"""crafts positions activities zones"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision: str = '5ab1c7e2d903'
down_revision: str | None = '8b4e0d57c9a1'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('crafts',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('position_count', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('stale_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stale_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stale_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('vessel', 'aircraft', 'unknown')", name=op.f('ck_crafts_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crafts')),
    sa.UniqueConstraint('key', name=op.f('uq_crafts_key'))
    )
    op.create_index('ix_crafts_last_at', 'crafts', ['last_at'], unique=False)
    op.create_index('ix_crafts_stale', 'crafts', ['stale_since'], unique=False, postgresql_where=sa.text('stale_since IS NOT NULL'))
    op.create_table('craft_identities',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('craft_id', sa.BigInteger(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['craft_id'], ['crafts.id'], name=op.f('fk_craft_identities_craft_id_crafts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_craft_identities')),
    sa.UniqueConstraint('craft_id', 'field', 'value', 'source', name=op.f('uq_craft_identities_craft_id_field_value_source'))
    )
    op.create_index('ix_craft_identities_field', 'craft_identities', ['field', 'folded'], unique=False)
    op.create_index('ix_craft_identities_folded', 'craft_identities', ['folded'], unique=False, postgresql_using='gin', postgresql_ops={'folded': 'gin_trgm_ops'})
    op.create_table('positions',
    sa.Column('craft_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.Column('lon', sa.Double(), nullable=False),
    sa.Column('speed_kn', sa.REAL(), nullable=True),
    sa.Column('course_deg', sa.REAL(), nullable=True),
    sa.Column('altitude_ft', sa.REAL(), nullable=True),
    sa.Column('on_ground', sa.SmallInteger(), nullable=True),
    sa.Column('callsign', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('craft_id', 'at', name=op.f('pk_positions')),
    postgresql_partition_by='RANGE (at)'
    )
    op.create_table('craft_presence',
    sa.Column('cell', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('period', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('craft_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('fixes', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('cell', 'period', 'craft_id', name=op.f('pk_craft_presence'))
    )
    op.create_index('ix_craft_presence_craft_id', 'craft_presence', ['craft_id', 'period'], unique=False)
    op.create_table('activities',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('part', sa.Text(), server_default='', nullable=False),
    sa.Column('craft_ids', postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('start_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('end_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lat', sa.Double(), nullable=True),
    sa.Column('lon', sa.Double(), nullable=True),
    sa.Column('place', sa.Text(), nullable=True),
    sa.Column('score', sa.REAL(), nullable=True),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('method_version', sa.Text(), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('end_at >= start_at', name=op.f('ck_activities_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activities')),
    sa.UniqueConstraint('kind', 'craft_ids', 'start_at', 'part', name=op.f('uq_activities_kind_craft_ids_start_at_part'))
    )
    op.create_index('ix_activities_craft_ids', 'activities', ['craft_ids'], unique=False, postgresql_using='gin')
    op.create_index('ix_activities_kind', 'activities', ['kind', sa.text('start_at DESC'), sa.text('id DESC')], unique=False)
    op.create_index('ix_activities_place', 'activities', [sa.text('point(lon, lat)')], unique=False, postgresql_using='gist')
    op.create_index('ix_activities_start_at', 'activities', [sa.text('start_at DESC'), sa.text('id DESC')], unique=False)
    op.create_table('zones',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('geometry', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_zones_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_zones'))
    )
    op.create_index('ix_zones_account_id', 'zones', ['account_id', 'created_at'], unique=False)
    op.create_table('listeners',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('lines', sa.BigInteger(), nullable=False),
    sa.Column('positions', sa.BigInteger(), nullable=False),
    sa.Column('rejects', sa.BigInteger(), nullable=False),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_listeners'))
    )
    op.create_table('routes_version',
    sa.Column('only_row', sa.Boolean(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('only_row', name=op.f('ck_routes_version_one_row')),
    sa.PrimaryKeyConstraint('only_row', name=op.f('pk_routes_version'))
    )
    op.execute('INSERT INTO routes_version (only_row, version) VALUES (true, 1)')


def downgrade() -> None:
    for table in (
        'routes_version', 'listeners', 'zones', 'activities', 'craft_presence', 'positions', 'craft_identities', 'crafts',
    ):
        op.drop_table(table)
