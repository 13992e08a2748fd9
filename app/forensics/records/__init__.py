"""Takedowns and claims: what third parties attribute, assert and review, with their sources."""
