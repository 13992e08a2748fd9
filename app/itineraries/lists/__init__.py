"""Lists that an operator brings: registries of craft, and sanctions lists."""
