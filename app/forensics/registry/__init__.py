"""The registry of accounts and domains beside that of outlets: status, citations, disputes."""
