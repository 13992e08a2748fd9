"""Craft: vessels and aircraft, what is said of them, and how they are found."""
