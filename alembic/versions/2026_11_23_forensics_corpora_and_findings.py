"""forensics corpora and findings"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision: str = 'e8a41fb7b647'
down_revision: str | None = 'c07e51d3a8f4'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('corpora',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('post_count', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('published_at IS NULL OR account_id IS NULL', name=op.f('ck_corpora_published_by_operator')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_corpora_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corpora')),
    sa.UniqueConstraint('account_id', 'name', name=op.f('uq_corpora_account_id_name'), postgresql_nulls_not_distinct=True)
    )
    op.create_table('corpus_tombstones',
    sa.Column('corpus_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('post_count', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_corpus_tombstones_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('corpus_id', name=op.f('pk_corpus_tombstones'))
    )
    op.create_index('ix_corpus_tombstones_account_id', 'corpus_tombstones', ['account_id', 'name'], unique=False)
    op.create_table('corpus_uploads',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('corpus_id', sa.BigInteger(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=True),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('unused_columns', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('rejects', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f('ck_corpus_uploads_status')),
    sa.ForeignKeyConstraint(['corpus_id'], ['corpora.id'], name=op.f('fk_corpus_uploads_corpus_id_corpora'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corpus_uploads'))
    )
    op.create_index('ix_corpus_uploads_corpus_id', 'corpus_uploads', ['corpus_id', 'started_at'], unique=False)
    op.create_table('findings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('corpus_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retracted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_findings_account_id_accounts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['corpus_id'], ['corpora.id'], name=op.f('fk_findings_corpus_id_corpora'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_findings'))
    )
    op.create_index('ix_findings_account_id', 'findings', ['account_id', 'created_at', 'id'], unique=False)
    op.create_index(op.f('ix_findings_corpus_id'), 'findings', ['corpus_id'], unique=False)
    op.create_table('post_tombstones',
    sa.Column('corpus_id', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['corpus_id'], ['corpora.id'], name=op.f('fk_post_tombstones_corpus_id_corpora'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('corpus_id', 'digest', name=op.f('pk_post_tombstones'))
    )
    op.create_table('posts',
    sa.Column('corpus_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('post_id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clock', sa.Text(), nullable=False),
    sa.Column('is_day_only', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('captured_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('urls', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('hashtags', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('mentions', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('media_hashes', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('repost_of', sa.Text(), nullable=True),
    sa.Column('reply_to', sa.Text(), nullable=True),
    sa.Column('permalink', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('owner', sa.Text(), nullable=True),
    sa.Column('synthetic', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('raw_sha256', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("clock IN ('published', 'modified', 'captured', 'none')", name=op.f('ck_posts_clock')),
    sa.ForeignKeyConstraint(['corpus_id'], ['corpora.id'], name=op.f('fk_posts_corpus_id_corpora'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('corpus_id', 'id', name=op.f('pk_posts')),
    sa.UniqueConstraint('corpus_id', 'platform', 'post_id', name=op.f('uq_posts_corpus_id_platform_post_id'))
    )
    op.create_index('ix_posts_at', 'posts', ['corpus_id', 'at', 'id'], unique=False)
    op.create_table('analyses',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('corpus_id', sa.BigInteger(), nullable=False),
    sa.Column('finding_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=True),
    sa.Column('done', sa.BigInteger(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('recomputed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("purpose IN ('new', 'version', 'recompute')", name=op.f('ck_analyses_purpose')),
    sa.CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f('ck_analyses_status')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_analyses_account_id_accounts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['corpus_id'], ['corpora.id'], name=op.f('fk_analyses_corpus_id_corpora'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['finding_id'], ['findings.id'], name=op.f('fk_analyses_finding_id_findings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_analyses'))
    )
    op.create_index('ix_analyses_account_id', 'analyses', ['account_id', 'created_at', 'id'], unique=False)
    op.create_index(op.f('ix_analyses_corpus_id'), 'analyses', ['corpus_id'], unique=False)
    op.create_index(op.f('ix_analyses_finding_id'), 'analyses', ['finding_id'], unique=False)
    op.create_table('finding_events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('finding_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['finding_id'], ['findings.id'], name=op.f('fk_finding_events_finding_id_findings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding_events'))
    )
    op.create_index('ix_finding_events_finding_id', 'finding_events', ['finding_id', 'id'], unique=False)
    op.create_table('finding_replies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('finding_id', sa.Uuid(), nullable=False),
    sa.Column('filed_by', sa.BigInteger(), nullable=True),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('proof', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status IN ('filed', 'confirmed', 'refused')", name=op.f('ck_finding_replies_status')),
    sa.ForeignKeyConstraint(['filed_by'], ['accounts.id'], name=op.f('fk_finding_replies_filed_by_accounts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['finding_id'], ['findings.id'], name=op.f('fk_finding_replies_finding_id_findings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding_replies'))
    )
    op.create_index('ix_finding_replies_finding_id', 'finding_replies', ['finding_id', 'filed_at'], unique=False)
    op.create_table('finding_versions',
    sa.Column('finding_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('document', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('context', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('until_post', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['finding_id'], ['findings.id'], name=op.f('fk_finding_versions_finding_id_findings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('finding_id', 'number', name=op.f('pk_finding_versions'))
    )
    op.create_table('post_links',
    sa.Column('corpus_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('post', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('event', 'outlet', 'report')", name=op.f('ck_post_links_kind')),
    sa.ForeignKeyConstraint(['corpus_id', 'post'], ['posts.corpus_id', 'posts.id'], name=op.f('fk_post_links_corpus_id_post_posts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('corpus_id', 'post', 'kind', 'target', name=op.f('pk_post_links'))
    )
    op.create_index('ix_post_links_target', 'post_links', ['kind', 'target'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_post_links_target', table_name='post_links')
    op.drop_table('post_links')
    op.drop_table('finding_versions')
    op.drop_index('ix_finding_replies_finding_id', table_name='finding_replies')
    op.drop_table('finding_replies')
    op.drop_index('ix_finding_events_finding_id', table_name='finding_events')
    op.drop_table('finding_events')
    op.drop_index(op.f('ix_analyses_finding_id'), table_name='analyses')
    op.drop_index(op.f('ix_analyses_corpus_id'), table_name='analyses')
    op.drop_index('ix_analyses_account_id', table_name='analyses')
    op.drop_table('analyses')
    op.drop_index('ix_posts_at', table_name='posts')
    op.drop_table('posts')
    op.drop_table('post_tombstones')
    op.drop_index(op.f('ix_findings_corpus_id'), table_name='findings')
    op.drop_index('ix_findings_account_id', table_name='findings')
    op.drop_table('findings')
    op.drop_index('ix_corpus_uploads_corpus_id', table_name='corpus_uploads')
    op.drop_table('corpus_uploads')
    op.drop_index('ix_corpus_tombstones_account_id', table_name='corpus_tombstones')
    op.drop_table('corpus_tombstones')
    op.drop_table('corpora')
