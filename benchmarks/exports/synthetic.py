"""Many synthetic events, made by the database itself."""

from app.core.db import Database

# Rows as the importer writes them, but for their outlets: enough for filters and files.
_SYNTHETIC = """
INSERT INTO events (id, published_on, summary, text_language, actors, countries, category,
    categories_also, topics, status, place, lon, lat, precision, radius_km, sources, outlets,
    languages, state_media_printed, state_media_registry, coding, document, search, synthetic)
SELECT n, date '2020-01-01' + n % 1500, s.summary, 'es', array['VE'], array['CO'], 'military',
    '{}', array['defence'], 'confirmed', s.place, s.lon, s.lat, s.precision, NULL, '[]', '{}', '{}',
    false, false, '{}',
    json_build_object('id', n, 'published_on', date '2020-01-01' + n % 1500, 'occurred_on', NULL,
        'occurred_until', NULL, 'occurred_precision', NULL, 'summary', s.summary,
        'text_language', 'es', 'actors', array['VE'], 'countries', array['CO'],
        'category', 'military', 'categories_also', array[]::text[], 'topics', array['defence'],
        'status', 'confirmed', 'place', s.place, 'lon', s.lon, 'lat', s.lat,
        'precision', s.precision, 'radius_km', NULL, 'outlet', 'Synthetic', 'language', 'es',
        'state_media_marked', false, 'sources', json_build_array(json_build_object(
            'outlet', 'Synthetic', 'outlet_id', 'synthetic', 'published_on', '2020-01-01',
            'language', 'es', 'url', 'https://example.org/' || n, 'state_media',
            json_build_object('printed', false, 'registry', false, 'ownership', 'private',
                'state', NULL))),
        'edition', NULL, 'block', NULL, 'synthetic', true, 'links', '[]'::json),
    to_tsvector('simple', s.summary), true
FROM generate_series(1, $1::int) AS n, LATERAL (SELECT
    'Ejercicio número ' || n || repeat(', maniobra de la fuerza conjunta', 6) AS summary,
    CASE WHEN n % 3 = 0 THEN NULL ELSE 'Maicao' END AS place,
    CASE WHEN n % 3 = 0 THEN NULL ELSE -72.2 + (n % 100) / 100.0 END AS lon,
    CASE WHEN n % 3 = 0 THEN NULL ELSE 11.3 + (n % 50) / 100.0 END AS lat,
    CASE WHEN n % 3 = 0 THEN 'country' ELSE 'city' END AS precision) AS s
"""


async def add_events(database: Database, rows: int) -> None:
    """Synthetic events with ids from 1; two in three have a point."""
    async with database.transaction() as connection:
        await connection.execute(_SYNTHETIC, rows)
