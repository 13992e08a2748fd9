"""Pure readers of AIS, ADS-B, position tables, reported legs, registries and sanctions lists."""
