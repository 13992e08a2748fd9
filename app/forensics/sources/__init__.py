"""Readers of tables that users bring: typed columns, and rejects by line."""
