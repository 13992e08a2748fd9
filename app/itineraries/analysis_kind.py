"""What a local analysis can look for."""

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
