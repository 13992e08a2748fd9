"""Narratives: stories that were told again, read out of findings of chains."""
