"""the registry with what it said before; accounts and domains that takedowns name

No entry or dispute of the registry could be made before: its tables are empty.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '8d2e61b7f4a9'
down_revision: str | None = '4b7d19ce0f52'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FORMER = ('official', 'state_controlled', 'labelled', 'taken_down', 'seized', 'lookalike', 'independent', 'unknown')
STATUSES = (
    'state', 'state_controlled', 'government', 'party', 'public_broadcaster', 'us_public_broadcaster',
    'private', 'unknown', 'official', 'independent', 'labelled', 'taken_down', 'seized', 'lookalike',
)


def _statuses(allowed: Sequence[str]) -> str:
    return 'status IN (' + ', '.join(f"'{status}'" for status in allowed) + ')'


def upgrade() -> None:
    op.create_table('outlet_changes',
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('outlet_id', sa.Text(), nullable=False),
    sa.Column('ownership', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('citation', sa.Text(), nullable=True),
    sa.Column('cited_on', sa.Date(), nullable=True),
    sa.Column('until_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_outlet_changes'))
    )
    op.create_index('ix_outlet_changes_outlet_id', 'outlet_changes', ['outlet_id', 'seq'], unique=False)
    op.create_table('registry_changes',
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('entry_kind', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('citations', postgresql.JSON(astext_type=sa.Text()), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_registry_changes'))
    )
    op.create_index('ix_registry_changes_entry', 'registry_changes', ['entry_kind', 'entry_id', 'seq'], unique=False)
    op.add_column('registry_entries', sa.Column('sort_name', sa.Text(collation='C'), server_default=sa.text("''"), nullable=False))
    op.add_column('registry_entries', sa.Column('imitates', sa.Text(), nullable=True))
    op.add_column('registry_entries', sa.Column('synthetic', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('registry_entries', sa.Column('folded', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column('registry_entries', sa.Column('edited_by', sa.Text(), nullable=True))
    op.add_column('registry_entries', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f('ck_registry_entries_status'), 'registry_entries', type_='check')
    op.create_check_constraint(op.f('ck_registry_entries_status'), 'registry_entries', _statuses(STATUSES))
    op.create_index('ix_registry_entries_collection', 'registry_entries', ['collection'], unique=False)
    op.create_index('ix_registry_entries_folded', 'registry_entries', ['folded'], unique=False, postgresql_using='gin', postgresql_ops={'folded': 'gin_trgm_ops'})
    op.create_index('ix_registry_entries_sort_name', 'registry_entries', ['sort_name', 'kind', 'id'], unique=False)
    op.alter_column('registry_disputes', 'account_id', existing_type=sa.BigInteger(), nullable=True)
    op.create_check_constraint(op.f('ck_registry_disputes_standing'), 'registry_disputes', "standing IN ('holder', 'third_party')")
    op.drop_constraint(op.f('fk_registry_disputes_account_id_accounts'), 'registry_disputes', type_='foreignkey')
    op.create_foreign_key(op.f('fk_registry_disputes_account_id_accounts'), 'registry_disputes', 'accounts', ['account_id'], ['id'], ondelete='SET NULL')
    op.add_column('forensic_records', sa.Column('accounts', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('forensic_records', sa.Column('domains', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.create_index('ix_forensic_records_named', 'forensic_records', ['accounts', 'domains'], unique=False, postgresql_using='gin')


def downgrade() -> None:
    op.drop_index('ix_forensic_records_named', table_name='forensic_records')
    op.drop_column('forensic_records', 'domains')
    op.drop_column('forensic_records', 'accounts')
    # A dispute whose account was deleted, or an entry of a newer status, has no place in the former tables.
    op.execute('DELETE FROM registry_disputes WHERE account_id IS NULL')
    op.drop_constraint(op.f('fk_registry_disputes_account_id_accounts'), 'registry_disputes', type_='foreignkey')
    op.create_foreign_key(op.f('fk_registry_disputes_account_id_accounts'), 'registry_disputes', 'accounts', ['account_id'], ['id'], ondelete='CASCADE')
    op.drop_constraint(op.f('ck_registry_disputes_standing'), 'registry_disputes', type_='check')
    op.alter_column('registry_disputes', 'account_id', existing_type=sa.BigInteger(), nullable=False)
    op.drop_index('ix_registry_entries_sort_name', table_name='registry_entries')
    op.drop_index('ix_registry_entries_folded', table_name='registry_entries')
    op.drop_index('ix_registry_entries_collection', table_name='registry_entries')
    op.drop_constraint(op.f('ck_registry_entries_status'), 'registry_entries', type_='check')
    op.execute(f'DELETE FROM registry_entries WHERE NOT {_statuses(FORMER)}')
    op.create_check_constraint(op.f('ck_registry_entries_status'), 'registry_entries', _statuses(FORMER))
    op.drop_column('registry_entries', 'withdrawn_at')
    op.drop_column('registry_entries', 'edited_by')
    op.drop_column('registry_entries', 'folded')
    op.drop_column('registry_entries', 'synthetic')
    op.drop_column('registry_entries', 'imitates')
    op.drop_column('registry_entries', 'sort_name')
    op.drop_index('ix_registry_changes_entry', table_name='registry_changes')
    op.drop_table('registry_changes')
    op.drop_index('ix_outlet_changes_outlet_id', table_name='outlet_changes')
    op.drop_table('outlet_changes')
