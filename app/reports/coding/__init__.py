"""Codes items of an edition into events by the coding manual, with evidence for each field."""

from app.reports.coding.coder import Coder
from app.reports.coding.records import CodedEvent, Decision, ItemText, to_dry_run_json

__all__ = ["CodedEvent", "Coder", "Decision", "ItemText", "to_dry_run_json"]
