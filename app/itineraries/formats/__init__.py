"""Tracks and itineraries as the formats that maps, GPS programs and globes read."""
