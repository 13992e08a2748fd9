"""Watchlists and saved searches, and what they set off: signed webhooks and a stream of alerts."""
