"""Background jobs: committed with the data they belong to, done by any worker, taken over from dead ones."""

AT_ONCE = 4
"""Jobs side by side: twice as many as there are analyses at once, so that these do not hold up mails."""
