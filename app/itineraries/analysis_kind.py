"""What a local analysis can look for, and by which rule flights are told apart."""

from enum import StrEnum


class Kind(StrEnum):
    """What can be looked for, as `vric routes analyse --kind` names it."""

    STOPS = "stops"
    GAPS = "gaps"
    MEETINGS = "meetings"
    SEGMENTS = "segments"
    LEGS = "legs"
    SPOOFING = "spoofing"
    IDENTITY = "identity"
    VISITS = "visits"
    LOITERING = "loitering"
    TRANSFERS = "transfers"


class LegRule(StrEnum):
    """Where one flight ends and the next begins, as `vric routes analyse --legs` names it."""

    READSB = "readsb"
    OPDI = "opdi"
