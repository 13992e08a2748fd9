"""Lookalike domains: which addresses are made to be taken for another's."""
