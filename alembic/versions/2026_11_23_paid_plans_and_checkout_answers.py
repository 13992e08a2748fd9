"""paid plans and checkout answers"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision: str = '3c1f0a7be2d4'
down_revision: str | None = 'd5912c629cc7'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('accounts', sa.Column('paid_plan', sa.Text(), server_default='free', nullable=False))
    # Until now every plan was an operator's gift.
    op.execute("UPDATE accounts SET granted_plan = plan WHERE plan <> 'free' AND granted_plan IS NULL")
    op.add_column('checkout_attempts', sa.Column('trial_days', sa.Integer(), server_default='0', nullable=False))
    op.add_column('checkout_attempts', sa.Column('idempotency_key', sa.Text(), nullable=True))
    op.add_column('checkout_attempts', sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_unique_constraint('uq_checkout_attempts_account_id_idempotency_key', 'checkout_attempts', ['account_id', 'idempotency_key'])


def downgrade() -> None:
    op.drop_constraint('uq_checkout_attempts_account_id_idempotency_key', 'checkout_attempts', type_='unique')
    op.drop_column('checkout_attempts', 'answer')
    op.drop_column('checkout_attempts', 'idempotency_key')
    op.drop_column('checkout_attempts', 'trial_days')
    op.drop_column('accounts', 'paid_plan')
