"""Corpora: posts and articles that users bring, private to them or published by an operator."""
