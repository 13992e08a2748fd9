"""itineraries and links of events"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision: str = 'e1d27c90b6aa'
down_revision: str | None = '5ab1c7e2d903'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('event_links',
    sa.Column('event_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('feature', sa.Text(), nullable=False),
    sa.Column('target_id', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('event_id', 'feature', 'target_id', name=op.f('pk_event_links'))
    )
    op.create_index('ix_event_links_target', 'event_links', ['feature', 'target_id'], unique=False)
    op.create_table('itineraries',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('mover_kind', sa.Text(), nullable=False),
    sa.Column('mover_key', sa.Text(), nullable=False),
    sa.Column('people', sa.Text(), nullable=False),
    sa.Column('operators', sa.Text(), nullable=False),
    sa.Column('craft', sa.Text(), nullable=False),
    sa.Column('identifiers', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('statuses', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('earliest', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latest', sa.DateTime(timezone=True), nullable=True),
    sa.Column('has_private_person', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('redacted', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('document', postgresql.JSON(astext_type=sa.Text()), nullable=False),
    sa.Column('summary', postgresql.JSON(astext_type=sa.Text()), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_itineraries'))
    )
    op.create_index('ix_itineraries_identifiers', 'itineraries', ['identifiers'], unique=False, postgresql_using='gin')
    op.create_index('ix_itineraries_latest', 'itineraries', [sa.literal_column("coalesce(latest, '1800-01-01 00:00:00+00'::timestamptz) DESC"), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_itineraries_mover_key', 'itineraries', ['mover_key'], unique=False)
    op.create_index('ix_itineraries_names', 'itineraries', ['people', 'operators', 'craft'], unique=False, postgresql_using='gin', postgresql_ops={'people': 'gin_trgm_ops', 'operators': 'gin_trgm_ops', 'craft': 'gin_trgm_ops'})
    op.create_table('itinerary_changes',
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('itinerary_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('withdrawn', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('created', 'updated', 'redacted', 'removed')", name=op.f('ck_itinerary_changes_kind')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_itinerary_changes'))
    )
    op.create_index('ix_itinerary_changes_itinerary_id', 'itinerary_changes', ['itinerary_id', 'seq'], unique=False)
    op.create_table('itinerary_claims',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('itinerary_id', sa.Text(), nullable=False),
    sa.Column('collection', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('content', postgresql.JSON(astext_type=sa.Text()), nullable=False),
    sa.Column('known_on', sa.Date(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_itinerary_claims'))
    )
    op.create_index('ix_itinerary_claims_collection', 'itinerary_claims', ['collection', 'digest'], unique=False)
    op.create_index('ix_itinerary_claims_itinerary_id', 'itinerary_claims', ['itinerary_id', 'id'], unique=False)
    op.create_table('itinerary_redactions',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('word_count', sa.Integer(), nullable=False),
    sa.Column('grounds', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_itinerary_redactions'))
    )
    op.create_table('sanction_entries',
    sa.Column('list_id', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('folded_names', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('programs', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('listed_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('list_id', 'entry_id', name=op.f('pk_sanction_entries'))
    )
    op.create_index('ix_sanction_entries_folded_names', 'sanction_entries', ['folded_names'], unique=False, postgresql_using='gin')
    op.create_table('sanction_identifiers',
    sa.Column('identifier', sa.Text(), nullable=False),
    sa.Column('list_id', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('identifier', 'list_id', 'entry_id', name=op.f('pk_sanction_identifiers'))
    )
    op.create_table('itinerary_legs',
    sa.Column('itinerary_id', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('from_country', sa.Text(), nullable=True),
    sa.Column('to_country', sa.Text(), nullable=True),
    sa.Column('from_names', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('to_names', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('via_names', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('via_countries', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('lats', sa.ARRAY(sa.Double()), nullable=False),
    sa.Column('lons', sa.ARRAY(sa.Double()), nullable=False),
    sa.ForeignKeyConstraint(['itinerary_id'], ['itineraries.id'], name=op.f('fk_itinerary_legs_itinerary_id_itineraries'), onupdate='CASCADE', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('itinerary_id', 'position', name=op.f('pk_itinerary_legs'))
    )
    op.create_index('ix_itinerary_legs_from_country', 'itinerary_legs', ['from_country'], unique=False)
    op.create_index('ix_itinerary_legs_to_country', 'itinerary_legs', ['to_country'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_itinerary_legs_to_country', table_name='itinerary_legs')
    op.drop_index('ix_itinerary_legs_from_country', table_name='itinerary_legs')
    op.drop_table('itinerary_legs')
    op.drop_table('sanction_identifiers')
    op.drop_index('ix_sanction_entries_folded_names', table_name='sanction_entries', postgresql_using='gin')
    op.drop_table('sanction_entries')
    op.drop_table('itinerary_redactions')
    op.drop_index('ix_itinerary_claims_itinerary_id', table_name='itinerary_claims')
    op.drop_index('ix_itinerary_claims_collection', table_name='itinerary_claims')
    op.drop_table('itinerary_claims')
    op.drop_index('ix_itinerary_changes_itinerary_id', table_name='itinerary_changes')
    op.drop_table('itinerary_changes')
    op.drop_index('ix_itineraries_names', table_name='itineraries', postgresql_using='gin', postgresql_ops={'people': 'gin_trgm_ops', 'operators': 'gin_trgm_ops', 'craft': 'gin_trgm_ops'})
    op.drop_index('ix_itineraries_mover_key', table_name='itineraries')
    op.drop_index('ix_itineraries_latest', table_name='itineraries')
    op.drop_index('ix_itineraries_identifiers', table_name='itineraries', postgresql_using='gin')
    op.drop_table('itineraries')
    op.drop_index('ix_event_links_target', table_name='event_links')
    op.drop_table('event_links')
