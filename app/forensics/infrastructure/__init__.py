"""Infrastructure that sites share, from captures of their pages; nothing is fetched."""
