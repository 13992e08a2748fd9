"""Texts as vectors: search by meaning, across languages."""
