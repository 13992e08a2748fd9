"""Activities: what craft did, derived from positions, kept right as positions come in."""
