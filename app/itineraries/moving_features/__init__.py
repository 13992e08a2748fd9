"""OGC API - Moving Features (22-003r3): the paths that read."""
