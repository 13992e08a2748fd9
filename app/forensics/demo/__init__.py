"""Synthetic corpora from a seed, for the demo and the benchmarks; every record says so."""
