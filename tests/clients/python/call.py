"""Calls of a program that uses the generated package; what they answer is printed as JSON."""

import json
import sys

from vric_client import AuthenticatedClient, Client
from vric_client.api.events import get_event, list_events
from vric_client.api.exports import create_export
from vric_client.models import (
    Category,
    EventPage,
    ExportFormat,
    ExportRequest,
    ExportView,
    Problem,
)

base_url, key = sys.argv[1:]

with Client(base_url=base_url) as anyone:
    found = list_events.sync(
        client=anyone, actor=["IR"], category=[Category.ECONOMIC, Category.MILITARY], limit=3
    )
    assert isinstance(found, EventPage), found
    missing = get_event.sync_detailed(999_999_999, client=anyone)
    assert isinstance(missing.parsed, Problem), missing

with AuthenticatedClient(base_url=base_url, token=key) as owner:
    made = create_export.sync(
        client=owner, body=ExportRequest(format_=ExportFormat.CSV, actor=["IR"])
    )
    assert isinstance(made, ExportView), made

print(
    json.dumps(
        {
            "ids": [event.id for event in found.items],
            "returned": found.returned,
            "code": missing.parsed.code,
            "status": missing.status_code,
            "export": str(made.id),
        }
    )
)
