"""Every table of the product, for migrations."""

import app.access.models
import app.accounts.models
import app.alerts.models
import app.billing.models
import app.events.models
import app.exports.models
import app.forensics.corpora.models
import app.forensics.findings.models
import app.forensics.records.models
import app.forensics.registry.models
import app.ingest.models
import app.itineraries.journeys.models
import app.itineraries.lists.models
import app.itineraries.models
import app.reports.models  # noqa: F401
from app.core.models import Table

metadata = Table.metadata
