"""How well and how fast forensics finds what was planted, beside other programs."""
