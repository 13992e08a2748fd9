"""The words of the registry."""

ENTRY_KINDS = ("outlet", "account", "domain")
STATUSES = (
    "official",  # a state's or body's own
    "state_controlled",
    "labelled",  # by the platform, as affiliated with a state
    "taken_down",
    "seized",  # by an authority
    "lookalike",  # reported to imitate another
    "independent",
    "unknown",
)
OUTCOMES = ("open", "upheld", "partly_upheld", "rejected", "withdrawn")
DECISIONS = OUTCOMES[1:4]
