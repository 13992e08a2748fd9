"""findings that are published outlive their account; corpora that go in steps; posts by account"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
revision: str = '4b7d19ce0f52'
down_revision: str | None = 'c7a4e19f0b36'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('corpora', sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('findings', sa.Column('private_to', sa.BigInteger(), nullable=True))
    op.execute('UPDATE findings SET private_to = account_id WHERE published_at IS NULL')
    op.create_foreign_key(op.f('fk_findings_private_to_accounts'), 'findings', 'accounts', ['private_to'], ['id'], ondelete='CASCADE')
    op.create_index(op.f('ix_findings_private_to'), 'findings', ['private_to'], unique=False)
    op.create_check_constraint(op.f('ck_findings_private_or_not'), 'findings', '(published_at IS NULL) = (private_to IS NOT NULL)')
    op.drop_constraint(op.f('fk_findings_account_id_accounts'), 'findings', type_='foreignkey')
    op.alter_column('findings', 'account_id', nullable=True)
    op.create_foreign_key(op.f('fk_findings_account_id_accounts'), 'findings', 'accounts', ['account_id'], ['id'], ondelete='SET NULL')
    with op.get_context().autocommit_block():
        op.execute('SET statement_timeout = 0')
        op.create_index('ix_posts_account', 'posts', ['corpus_id', 'account', 'id'], unique=False, postgresql_concurrently=True, if_not_exists=True)
        op.execute("SET statement_timeout = '5s'")


def downgrade() -> None:
    op.drop_index('ix_posts_account', table_name='posts')
    op.drop_constraint(op.f('fk_findings_account_id_accounts'), 'findings', type_='foreignkey')
    op.execute('DELETE FROM findings WHERE account_id IS NULL')
    op.alter_column('findings', 'account_id', nullable=False)
    op.create_foreign_key(op.f('fk_findings_account_id_accounts'), 'findings', 'accounts', ['account_id'], ['id'], ondelete='CASCADE')
    op.drop_constraint(op.f('ck_findings_private_or_not'), 'findings', type_='check')
    op.drop_index(op.f('ix_findings_private_to'), table_name='findings')
    op.drop_column('findings', 'private_to')
    op.drop_column('corpora', 'deleted_at')
