"""events, reports, accounts and ingest runs"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "7eff7c4a10f8"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# Functions of a query are immutable, so that the planner plans with its words: a stemmer changes only
# with a new release of the server.
SEARCH = (
    "CREATE TEXT SEARCH CONFIGURATION vric_names (COPY = simple)",
    """
ALTER TEXT SEARCH CONFIGURATION vric_names
    ALTER MAPPING FOR word, hword, hword_part WITH unaccent, simple
""",
    """
-- A text as it is cut into words: what a slash, markup, a hyphen before a digit or the dots of an
-- abbreviation would hide is set free (Nisman/AMIA, COVID-19, U.S.). The stemmers of Spanish and
-- Portuguese know -ción and -ção by their accent, which is written whether it was typed or not;
-- the Portuguese one does not know that -ões is the plural of -ão.
CREATE FUNCTION search_spelling(language text, body text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language
        WHEN 'es' THEN regexp_replace(unaccent(freed), 'ion\\M', 'ión', 'gi')
        WHEN 'pt' THEN regexp_replace(
            regexp_replace(unaccent(freed), '[oa]es\\M', 'ao', 'gi'), 'cao\\M', 'ção', 'gi')
        ELSE freed END
    FROM regexp_replace(
        regexp_replace(translate(body, '/<>', '   '), '([a-zA-Z])-([0-9])', '\\1 \\2', 'g'),
        '\\m([a-zA-Z]{1,2})[.]([a-zA-Z]{1,2})\\M[.]?', '\\1\\2', 'g') AS freed
$$
""",
    """
-- The summary in its own language's stems and in its exact words, the names of its actors and
-- countries in every language, and a mark of the language itself.
CREATE FUNCTION search_vector(summary text, names text, language text) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('vric_names', search_spelling('', summary)), 'A')
        || setweight(CASE language
               WHEN 'en' THEN to_tsvector('vric_en', search_spelling('en', summary))
               WHEN 'es' THEN to_tsvector('vric_es', search_spelling('es', summary))
               WHEN 'pt' THEN to_tsvector('vric_pt', search_spelling('pt', summary))
               WHEN 'fr' THEN to_tsvector('vric_fr', search_spelling('fr', summary))
               ELSE ''::tsvector
           END, 'A')
        || setweight(to_tsvector('vric_names', search_spelling('', names)), 'B')
        || array_to_tsvector(ARRAY['lang=' || language])
$$
""",
    """
-- One word or a phrase exactly as it is written, but for case and accents.
CREATE FUNCTION search_exact(phrase text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT phraseto_tsquery('vric_names', search_spelling('', phrase))
$$
""",
    """
-- One word in a language's stem; a word without weight in it meets every text of the language.
CREATE FUNCTION search_stem(configuration regconfig, language text, word text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN numnode(stem) = 0 THEN quote_literal('lang=' || language)::tsquery
                ELSE stem END
    FROM phraseto_tsquery(configuration, search_spelling(language, word)) AS stem
$$
""",
    """
-- Any of these. Equal ones are named once: the planner would add their shares up and think a word
-- as many times commoner than it is.
CREATE FUNCTION search_any(queries tsquery[]) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(DISTINCT '(' || query::text || ')', ' | '), '')::tsquery
    FROM unnest(queries) AS query WHERE numnode(query) > 0
$$
""",
    """
-- One word as any of the languages would stem it, or exactly as it is written.
CREATE FUNCTION search_word(word text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT search_any(ARRAY[
        search_exact(word),
        search_stem('vric_en', 'en', word), search_stem('vric_es', 'es', word),
        search_stem('vric_pt', 'pt', word), search_stem('vric_fr', 'fr', word)
    ])
$$
""",
    """
-- The same for what must be absent or is marked: a word without weight counts only as written.
CREATE FUNCTION search_lexemes(word text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT search_any(ARRAY[
        search_exact(word),
        phraseto_tsquery('vric_en', search_spelling('en', word)),
        phraseto_tsquery('vric_es', search_spelling('es', word)),
        phraseto_tsquery('vric_pt', search_spelling('pt', word)),
        phraseto_tsquery('vric_fr', search_spelling('fr', word))
    ])
$$
""",
)
SNOWBALL = {"en": "english", "es": "spanish", "pt": "portuguese", "fr": "french"}


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for language, stemmer in SNOWBALL.items():
        # search_spelling has taken the accents off these two, and put some on.
        filters = "" if language in ("es", "pt") else "unaccent, "
        op.execute(
            f"CREATE TEXT SEARCH CONFIGURATION vric_{language} (COPY = {stemmer})"
        )
        op.execute(
            f"ALTER TEXT SEARCH CONFIGURATION vric_{language}"
            f" ALTER MAPPING FOR word, hword, hword_part WITH {filters}{stemmer}_stem"
        )
    for statement in SEARCH:
        op.execute(statement)
    op.execute(
        sa.schema.CreateSequence(sa.Sequence("event_ids", data_type=sa.BigInteger))
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "data_version",
        sa.Column("only_row", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("only_row", name=op.f("ck_data_version_one_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_data_version")),
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("restated", sa.Boolean(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
    )
    op.create_table(
        "event_changes",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "kind IN ('created', 'updated', 'deleted')",
            name=op.f("ck_event_changes_kind"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event_changes")),
    )
    op.create_index("ix_event_changes_at", "event_changes", ["at"], unique=False)
    op.create_index(
        "ix_event_changes_event_id", "event_changes", ["event_id", "seq"], unique=False
    )
    op.create_table(
        "event_corrections",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("replaced", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("event_id", "field", name=op.f("pk_event_corrections")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("occurred_until", sa.Date(), nullable=True),
        sa.Column("occurred_precision", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text_language", sa.Text(), nullable=False),
        sa.Column(
            "actors",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "countries",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column(
            "categories_also",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "topics",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("precision", sa.Text(), nullable=True),
        sa.Column("radius_km", sa.REAL(), nullable=True),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "outlets",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "languages",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("state_media_printed", sa.Boolean(), nullable=False),
        sa.Column("state_media_registry", sa.Boolean(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("block", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column(
            "synthetic", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "coding",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("document", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "category IN ('diplomatic', 'informational', 'military', 'economic')",
            name=op.f("ck_events_category"),
        ),
        sa.CheckConstraint(
            "lon IS NULL OR precision <> 'country'",
            name=op.f("ck_events_point_not_country"),
        ),
        sa.CheckConstraint(
            "precision IN ('exact', 'city', 'admin1', 'country')",
            name=op.f("ck_events_precision"),
        ),
        sa.CheckConstraint(
            "status IN ('confirmed', 'claimed', 'planned', 'alleged', 'denied')",
            name=op.f("ck_events_status"),
        ),
        sa.CheckConstraint(
            "(lon IS NULL) = (lat IS NULL)", name=op.f("ck_events_point_whole")
        ),
        sa.CheckConstraint(
            "lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90",
            name=op.f("ck_events_point_range"),
        ),
        sa.CheckConstraint(
            "occurred_until >= occurred_on", name=op.f("ck_events_occurred_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    # Rows of about 2 KB stay whole: fetching documents from beside the table doubles a page's time.
    op.execute("ALTER TABLE events SET (toast_tuple_target = 4096)")
    op.create_index(
        "ix_events_category_newest",
        "events",
        [
            "category",
            sa.literal_column("published_on DESC"),
            sa.literal_column("id DESC"),
            "lat",
            "lon",
        ],
        unique=False,
    )
    op.create_index(
        "ix_events_codes",
        "events",
        ["actors", "countries", "topics", "outlets"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_events_edition",
        "events",
        ["edition", "position"],
        unique=False,
        postgresql_where=sa.text("edition IS NOT NULL"),
    )
    op.create_index(
        "ix_events_lat_lon",
        "events",
        ["lat", "lon"],
        unique=False,
        postgresql_where=sa.text("lat IS NOT NULL"),
    )
    op.create_index(
        "ix_events_newest",
        "events",
        [
            sa.literal_column("published_on DESC"),
            sa.literal_column("id DESC"),
            "lat",
            "lon",
        ],
        unique=False,
    )
    op.create_index("ix_events_occurred_on", "events", ["occurred_on"], unique=False)
    op.create_index(
        "ix_events_search", "events", ["search"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "ingest_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rejects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_runs")),
    )
    op.create_index(
        "ix_ingest_runs_kind_target",
        "ingest_runs",
        ["kind", "target", "id"],
        unique=False,
    )
    op.create_table(
        "outlets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "aliases",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("ownership", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("cited_on", sa.Date(), nullable=True),
        sa.Column("edited_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ownership IN ('state', 'state_controlled', 'government', 'party', 'public_broadcaster', 'us_public_broadcaster', 'private', 'unknown')",
            name=op.f("ck_outlets_ownership"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlets")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_api_keys_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_index(
        op.f("ix_api_keys_account_id"), "api_keys", ["account_id"], unique=False
    )
    op.create_table(
        "edition_items",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("edition_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("block", sa.Text(), nullable=True),
        sa.Column("subheading", sa.Text(), nullable=True),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("coded", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_edition_items_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_edition_items")),
    )
    op.create_index(
        "ix_edition_items_edition_id",
        "edition_items",
        ["edition_id", "position"],
        unique=False,
    )
    op.create_table(
        "edition_must_reads",
        sa.Column("edition_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_edition_must_reads_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "position", name=op.f("pk_edition_must_reads")
        ),
    )
    op.create_table(
        "edition_sections",
        sa.Column("edition_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("block", sa.Text(), nullable=True),
        sa.Column("heading", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_edition_sections_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "position", name=op.f("pk_edition_sections")
        ),
    )
    op.execute("INSERT INTO data_version (only_row, version) VALUES (true, 1)")


def downgrade() -> None:
    op.drop_table("edition_sections")
    op.drop_table("edition_must_reads")
    op.drop_index("ix_edition_items_edition_id", table_name="edition_items")
    op.drop_table("edition_items")
    op.drop_index(op.f("ix_api_keys_account_id"), table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_table("outlets")
    op.drop_index("ix_ingest_runs_kind_target", table_name="ingest_runs")
    op.drop_table("ingest_runs")
    op.drop_index("ix_events_search", table_name="events", postgresql_using="gin")
    op.drop_index("ix_events_occurred_on", table_name="events")
    op.drop_index("ix_events_newest", table_name="events")
    op.drop_index(
        "ix_events_lat_lon",
        table_name="events",
        postgresql_where=sa.text("lat IS NOT NULL"),
    )
    op.drop_index(
        "ix_events_edition",
        table_name="events",
        postgresql_where=sa.text("edition IS NOT NULL"),
    )
    op.drop_index("ix_events_codes", table_name="events", postgresql_using="gin")
    op.drop_index("ix_events_category_newest", table_name="events")
    op.drop_table("events")
    op.drop_table("event_corrections")
    op.drop_index("ix_event_changes_event_id", table_name="event_changes")
    op.drop_index("ix_event_changes_at", table_name="event_changes")
    op.drop_table("event_changes")
    op.drop_table("editions")
    op.drop_table("data_version")
    op.drop_table("accounts")
    op.execute("DROP SEQUENCE event_ids")
    op.execute("DROP FUNCTION search_lexemes, search_word, search_any, search_stem, search_exact, search_vector,"
        " search_spelling"
    )
    for configuration in ("names", *SNOWBALL):
        op.execute(f"DROP TEXT SEARCH CONFIGURATION vric_{configuration}")
