"""Background jobs: committed with the data they belong to, done by any worker, taken over from dead ones."""
