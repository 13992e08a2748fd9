"""Pure, deterministic analysis of tracks: arrays in, findings with method and version out; no I/O."""
