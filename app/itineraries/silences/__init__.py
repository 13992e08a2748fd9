"""Silences: where a craft can have been while it was not observed."""
