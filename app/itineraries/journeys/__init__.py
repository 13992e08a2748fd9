"""Journeys as they are reported, inferred and observed, brought together as itineraries."""
