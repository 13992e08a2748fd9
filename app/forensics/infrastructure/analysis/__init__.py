"""Pure: what a capture tells of a site, and what sites share."""
