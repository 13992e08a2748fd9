"""Whether a database server and the schema on it are as this release needs them."""

import asyncpg
from alembic.util import CommandError as DriftError

from app.core import migrations
from app.core.errors import CommandError

MIN_SERVER_MAJOR = 15


async def check_server(url: str) -> str:
    """What was found in order, in one line.

    Raises:
        CommandError: what is not as it must be.
    """
    connection = await asyncpg.connect(url)
    try:
        version = connection.get_server_version()
        if version.major < MIN_SERVER_MAJOR:
            raise CommandError(f"PostgreSQL {version.major}: at least {MIN_SERVER_MAJOR} is needed")
        encoding = await connection.fetchval("SHOW server_encoding")
        if encoding != "UTF8":
            raise CommandError(f"encoding {encoding}: UTF8 is needed")
        modules = await connection.fetch(
            "SELECT name FROM pg_available_extensions WHERE name = ANY($1)", ["unaccent", "pg_trgm"]
        )
        if len(modules) < 2:
            raise CommandError("the contrib modules unaccent and pg_trgm are not installed")
    finally:
        await connection.close()
    revision = await migrations.current_revision(url)
    if revision != migrations.head_revision():
        raise CommandError(f"schema {revision or 'none'}: run `vric db upgrade`")
    try:
        await migrations.check(url)
    except DriftError as error:
        raise CommandError(f"the schema differs from the models: {error}") from error
    return f"PostgreSQL {version.major}.{version.micro}, {encoding}, schema {revision}: in order"
