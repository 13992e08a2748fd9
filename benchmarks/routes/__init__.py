"""Analysis of tracks, timed beside the libraries that do parts of it."""
