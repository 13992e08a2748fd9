"""Reads activities, and what has to be analysed for them."""
