"""Every table of the product, for migrations."""

import app.access.models
import app.events.models
import app.ingest.models
import app.reports.models  # noqa: F401
from app.core.models import Table

metadata = Table.metadata
