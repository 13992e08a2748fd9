"""Measures of what the limits of plans cost, with counters in memory, in Redis and in a Redis far away."""
