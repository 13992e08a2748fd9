"""Premium: how a story is pushed, with evidence that others can check."""
