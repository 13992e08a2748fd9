"""Zones: the areas that come with the product, and those that accounts draw."""
