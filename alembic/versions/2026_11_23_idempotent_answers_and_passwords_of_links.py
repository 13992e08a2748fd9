"""idempotent answers and passwords of links"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
revision: str = '8b4e0d57c9a1'
down_revision: str | None = '3c1f0a7be2d4'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('idempotent_answers',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('body_digest', sa.Text(), nullable=False),
    sa.Column('status', sa.BigInteger(), nullable=True),
    sa.Column('sealed_body', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_idempotent_answers_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_idempotent_answers'))
    )
    op.create_index(op.f('ix_idempotent_answers_account_id'), 'idempotent_answers', ['account_id'], unique=False)
    op.add_column('mailed_links', sa.Column('password_hash', sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column('mailed_links', 'password_hash')
    op.drop_index(op.f('ix_idempotent_answers_account_id'), table_name='idempotent_answers')
    op.drop_table('idempotent_answers')
