"""Pure algorithms over arrays and texts: no input or output, the same answer every time."""
