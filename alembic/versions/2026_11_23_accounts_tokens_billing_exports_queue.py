"""accounts tokens billing exports queue"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from pgqueuer.adapters.persistence.qb import DBSettings, Durability, QueryBuilderEnvironment
from sqlalchemy.dialects import postgresql
revision: str = 'd5912c629cc7'
down_revision: str | None = '7eff7c4a10f8'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# Named here, because the library would also take names from variables such as CHANNEL or TRIGGER.
_QUEUE = QueryBuilderEnvironment(
    DBSettings(
        prefix='',
        db_schema=None,
        channel='ch_pgqueuer',
        function='fn_pgqueuer_changed',
        statistics_table='pgqueuer_statistics',
        queue_status_type='pgqueuer_status',
        queue_table='pgqueuer',
        queue_table_log='pgqueuer_log',
        trigger='tg_pgqueuer_changed',
        schedules_table='pgqueuer_schedules',
        durability=Durability.durable,
    )
)


def _run_queue_sql(sql: str) -> None:
    # Several statements at once, which only the driver itself takes.
    op.get_bind().connection.dbapi_connection.run_async(lambda driver: driver.execute(sql))


def upgrade() -> None:
    op.create_table('audit_events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_audit_events_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_events'))
    )
    op.create_index('ix_audit_events_account_id', 'audit_events', ['account_id', 'id'], unique=False)
    op.create_table('checkout_attempts',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('lookup_key', sa.Text(), nullable=False),
    sa.Column('session_id', sa.Text(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_checkout_attempts_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checkout_attempts')),
    sa.UniqueConstraint('session_id', name=op.f('uq_checkout_attempts_session_id'))
    )
    op.create_index(op.f('ix_checkout_attempts_account_id'), 'checkout_attempts', ['account_id'], unique=False)
    op.create_table('exports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('idempotency_key', sa.Text(), nullable=True),
    sa.Column('request', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('rows_cap', sa.BigInteger(), nullable=True),
    sa.Column('data_version', sa.BigInteger(), nullable=True),
    sa.Column('matched', sa.BigInteger(), nullable=True),
    sa.Column('rows', sa.BigInteger(), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=True),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f('ck_exports_status')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_exports_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exports')),
    sa.UniqueConstraint('account_id', 'idempotency_key', name=op.f('uq_exports_account_id_idempotency_key'))
    )
    op.create_index('ix_exports_account_id', 'exports', ['account_id', 'created_at'], unique=False)
    op.create_table('mailed_links',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("purpose IN ('verify', 'reset', 'change')", name=op.f('ck_mailed_links_purpose')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_mailed_links_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_mailed_links'))
    )
    op.create_index(op.f('ix_mailed_links_account_id'), 'mailed_links', ['account_id'], unique=False)
    op.create_table('refresh_tokens',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('family', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_refresh_tokens_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refresh_tokens')),
    sa.UniqueConstraint('digest', name=op.f('uq_refresh_tokens_digest'))
    )
    op.create_index(op.f('ix_refresh_tokens_account_id'), 'refresh_tokens', ['account_id'], unique=False)
    op.create_index('ix_refresh_tokens_family', 'refresh_tokens', ['family'], unique=False)
    op.create_table('stripe_events',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_stripe_events_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stripe_events'))
    )
    op.create_index(op.f('ix_stripe_events_account_id'), 'stripe_events', ['account_id'], unique=False)
    op.create_table('subscriptions',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('lookup_key', sa.Text(), nullable=True),
    sa.Column('plan', sa.Text(), nullable=True),
    sa.Column('period_end', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancel_at_period_end', sa.Boolean(), nullable=False),
    sa.Column('past_due_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_subscriptions_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriptions'))
    )
    op.create_index(op.f('ix_subscriptions_account_id'), 'subscriptions', ['account_id'], unique=False)
    op.create_table('usage_days',
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('requests', sa.BigInteger(), nullable=False),
    sa.Column('units', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_usage_days_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'day', name=op.f('pk_usage_days'))
    )
    op.add_column('accounts', sa.Column('granted_plan', sa.Text(), nullable=True))
    op.add_column('accounts', sa.Column('password_hash', sa.Text(), nullable=True))
    op.add_column('accounts', sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('accounts', sa.Column('totp_secret', sa.Text(), nullable=True))
    op.add_column('accounts', sa.Column('totp_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('accounts', sa.Column('totp_last_step', sa.BigInteger(), nullable=True))
    op.add_column('accounts', sa.Column('sessions_from', sa.DateTime(timezone=True), nullable=True))
    op.add_column('accounts', sa.Column('stripe_customer_id', sa.Text(), nullable=True))
    op.create_unique_constraint(op.f('uq_accounts_stripe_customer_id'), 'accounts', ['stripe_customer_id'])
    op.add_column('api_keys', sa.Column('kind', sa.Text(), server_default='secret', nullable=False))
    op.add_column('api_keys', sa.Column('scopes', postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column('api_keys', sa.Column('origins', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('api_keys', sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('api_keys', sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True))
    _run_queue_sql(_QUEUE.build_install_query())


def downgrade() -> None:
    _run_queue_sql(_QUEUE.build_uninstall_query())
    op.drop_column('api_keys', 'last_used_at')
    op.drop_column('api_keys', 'expires_at')
    op.drop_column('api_keys', 'origins')
    op.drop_column('api_keys', 'scopes')
    op.drop_column('api_keys', 'kind')
    op.drop_constraint(op.f('uq_accounts_stripe_customer_id'), 'accounts', type_='unique')
    op.drop_column('accounts', 'stripe_customer_id')
    op.drop_column('accounts', 'sessions_from')
    op.drop_column('accounts', 'totp_last_step')
    op.drop_column('accounts', 'totp_since')
    op.drop_column('accounts', 'totp_secret')
    op.drop_column('accounts', 'verified_at')
    op.drop_column('accounts', 'password_hash')
    op.drop_column('accounts', 'granted_plan')
    op.drop_table('usage_days')
    op.drop_index(op.f('ix_subscriptions_account_id'), table_name='subscriptions')
    op.drop_table('subscriptions')
    op.drop_index(op.f('ix_stripe_events_account_id'), table_name='stripe_events')
    op.drop_table('stripe_events')
    op.drop_index('ix_refresh_tokens_family', table_name='refresh_tokens')
    op.drop_index(op.f('ix_refresh_tokens_account_id'), table_name='refresh_tokens')
    op.drop_table('refresh_tokens')
    op.drop_index(op.f('ix_mailed_links_account_id'), table_name='mailed_links')
    op.drop_table('mailed_links')
    op.drop_index('ix_exports_account_id', table_name='exports')
    op.drop_table('exports')
    op.drop_index(op.f('ix_checkout_attempts_account_id'), table_name='checkout_attempts')
    op.drop_table('checkout_attempts')
    op.drop_index('ix_audit_events_account_id', table_name='audit_events')
    op.drop_table('audit_events')
