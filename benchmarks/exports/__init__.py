"""How long exports take, and in how much memory."""
