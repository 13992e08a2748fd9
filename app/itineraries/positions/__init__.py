"""Fixes of craft: from files and receivers into the database, and back as columns."""
