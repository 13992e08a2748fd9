"""What every reader says of a line that it leaves out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that could not be taken in, and why."""

    line: int
    reason: str
