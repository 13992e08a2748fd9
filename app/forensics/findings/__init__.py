"""Analyses of corpora as background jobs, and the versioned findings that they give."""
