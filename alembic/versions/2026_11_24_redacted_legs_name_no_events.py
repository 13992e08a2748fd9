"""no event is named by a leg that a name was taken out of: those redacted before kept theirs"""

import hashlib
from collections.abc import Sequence

import orjson
import sqlalchemy as sa
from alembic import op

revision: str = "9b3f57d0a2e6"
down_revision: str | None = "e2c94a7d6b18"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_REDACTED = """
SELECT id, itinerary_id, content::text FROM itinerary_claims
WHERE strpos(content::text, '[redacted]') > 0 AND strpos(content::text, '"event"') > 0
"""
_REWRITE = """
UPDATE itinerary_claims SET content = CAST(:content AS json), digest = :digest WHERE id = :id
"""
# What other legs of the same itineraries name stays linked.
_UNLINK = """
DELETE FROM event_links AS l USING events AS e
WHERE l.feature = 'routes' AND l.target_id = ANY(:targets) AND e.id = l.event_id AND NOT EXISTS (
    SELECT FROM itinerary_claims AS c, json_array_elements(c.content -> 'sources') AS s
    WHERE 'itineraries/' || c.itinerary_id = l.target_id AND c.superseded_at IS NULL AND (
        s ->> 'event' = e.id::text
        OR s ->> 'published_on' = e.published_on::text
            AND strpos(lower(e.summary), lower(s ->> 'event')) > 0
    )
)
"""
_ANNOUNCE = "UPDATE {} SET version = version + 1, changed_at = now()"


def upgrade() -> None:
    connection = op.get_bind()
    targets = set()
    for claim_id, itinerary_id, text in connection.execute(sa.text(_REDACTED)).all():
        claim = orjson.loads(text)
        for source in claim["sources"]:
            source.pop("event", None)
        content = orjson.dumps(claim, option=orjson.OPT_SORT_KEYS).decode()
        digest = hashlib.sha256(f"{itinerary_id}\n{content}".encode()).hexdigest()
        connection.execute(
            sa.text(_REWRITE), {"id": claim_id, "content": content, "digest": digest}
        )
        targets.add(f"itineraries/{itinerary_id}")
    if targets:
        connection.execute(sa.text(_UNLINK), {"targets": sorted(targets)})
        for version in ("data_version", "routes_version"):
            op.execute(_ANNOUNCE.format(version))


def downgrade() -> None:
    """What was taken out stays out."""
