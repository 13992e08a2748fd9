"""takedowns, claims, the registry of accounts and domains, disputes"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision: str = 'f3b6d20c91e4'
down_revision: str | None = 'e8a41fb7b647'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('forensic_record_changes',
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('record_id', sa.Text(), nullable=False),
    sa.Column('change', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('document', postgresql.JSON(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint("change IN ('created', 'updated', 'withdrawn', 'restored')", name=op.f('ck_forensic_record_changes_change')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_forensic_record_changes'))
    )
    op.create_index('ix_forensic_record_changes_record', 'forensic_record_changes', ['kind', 'record_id', 'seq'], unique=False)
    op.create_table('forensic_records',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('collection', sa.Text(), nullable=False),
    sa.Column('dated_on', sa.Date(), nullable=True),
    sa.Column('states', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('platforms', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('hashtags', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('subkind', sa.Text(), nullable=True),
    sa.Column('verdict', sa.Text(), nullable=True),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.Column('document', postgresql.JSON(astext_type=sa.Text()), nullable=False),
    sa.Column('revision', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('takedown', 'claim')", name=op.f('ck_forensic_records_kind')),
    sa.PrimaryKeyConstraint('kind', 'id', name=op.f('pk_forensic_records'))
    )
    op.create_index('ix_forensic_records_collection', 'forensic_records', ['collection'], unique=False)
    op.create_index('ix_forensic_records_dated', 'forensic_records', ['kind', sa.literal_column("coalesce(dated_on, '-infinity'::date) DESC"), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_forensic_records_folded', 'forensic_records', ['folded'], unique=False, postgresql_using='gin', postgresql_ops={'folded': 'gin_trgm_ops'})
    op.create_index('ix_forensic_records_terms', 'forensic_records', ['states', 'platforms', 'hashtags'], unique=False, postgresql_using='gin')
    op.create_table('registry_entries',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('outlet_id', sa.Text(), nullable=True),
    sa.Column('citations', postgresql.JSON(astext_type=sa.Text()), nullable=False),
    sa.Column('collection', sa.Text(), nullable=False),
    sa.Column('listed_on', sa.Date(), server_default=sa.text('CURRENT_DATE'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('account', 'domain')", name=op.f('ck_registry_entries_kind')),
    sa.CheckConstraint("status IN ('official', 'state_controlled', 'labelled', 'taken_down', 'seized', 'lookalike', 'independent', 'unknown')", name=op.f('ck_registry_entries_status')),
    sa.PrimaryKeyConstraint('kind', 'id', name=op.f('pk_registry_entries')),
    sa.UniqueConstraint('kind', 'platform', 'key', name=op.f('uq_registry_entries_kind_platform_key'), postgresql_nulls_not_distinct=True)
    )
    op.create_table('registry_disputes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_kind', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('standing', sa.Text(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('evidence_url', sa.Text(), nullable=True),
    sa.Column('filed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('outcome', sa.Text(), server_default=sa.text("'open'"), nullable=False),
    sa.Column('decision', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("entry_kind IN ('outlet', 'account', 'domain')", name=op.f('ck_registry_disputes_entry_kind')),
    sa.CheckConstraint("outcome IN ('open', 'upheld', 'partly_upheld', 'rejected', 'withdrawn')", name=op.f('ck_registry_disputes_outcome')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_registry_disputes_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_disputes'))
    )
    op.create_index('ix_registry_disputes_account_id', 'registry_disputes', ['account_id'], unique=False)
    op.create_index('ix_registry_disputes_entry', 'registry_disputes', ['entry_kind', 'entry_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_registry_disputes_entry', table_name='registry_disputes')
    op.drop_index('ix_registry_disputes_account_id', table_name='registry_disputes')
    op.drop_table('registry_disputes')
    op.drop_table('registry_entries')
    op.drop_index('ix_forensic_records_terms', table_name='forensic_records')
    op.drop_index('ix_forensic_records_folded', table_name='forensic_records')
    op.drop_index('ix_forensic_records_dated', table_name='forensic_records')
    op.drop_index('ix_forensic_records_collection', table_name='forensic_records')
    op.drop_table('forensic_records')
    op.drop_index('ix_forensic_record_changes_record', table_name='forensic_record_changes')
    op.drop_table('forensic_record_changes')
