"""A time axis: from an instant to another, with marks at round times."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.core.drawing.text import width_of
from app.forensics.evidence.pictures import style
from app.forensics.evidence.pictures.page import Page

_STEPS_S = (
    1,
    5,
    10,
    30,
    60,
    300,
    600,
    1_800,
    3_600,
    10_800,
    21_600,
    43_200,
    86_400,
    172_800,
    604_800,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Where an instant lies between two edges of a picture."""

    first: datetime
    last: datetime
    left: float
    right: float

    @classmethod
    def over(cls, times: list[datetime], left: float, right: float) -> "TimeAxis":
        first, last = min(times), max(times)
        room = max((last - first) * 0.02, timedelta(seconds=1))
        return cls(first - room, last + room, left, right)

    def x(self, at: datetime) -> float:
        return self.left + (at - self.first) / (self.last - self.first) * (self.right - self.left)

    def draw(self, page: Page, top: float, bottom: float) -> None:
        """Lines at round times with their labels below."""
        marks = self._marks()
        by_day = self._step_s() >= 86_400
        day = None
        for at in marks:
            x = self.x(at)
            page.draw("line", {"x1": x, "x2": x, "y1": top, "y2": bottom, "stroke": style.RULE})
            text = (
                f"{at:%d %b}"
                if by_day
                else f"{at:%H:%M}"
                if self._step_s() >= 60
                else f"{at:%H:%M:%S}"
            )
            if x + width_of(text, 12) / 2 < self.right + 12:
                page.write(x, bottom + 17, text, 12, style.FAINT, anchor="middle")
            if not by_day and at.date() != day:
                day = at.date()
                page.write(x, bottom + 33, f"{at:%d %b %Y}", 12, style.FAINT, anchor="middle")
        if by_day:
            span = f"{self.first:%d %b %Y} to {self.last:%d %b %Y}, UTC"
            page.write(self.right, bottom + 33, span, 12, style.FAINT, anchor="end")
        else:
            page.write(self.right, bottom + 33, "UTC", 12, style.FAINT, anchor="end")

    def _step_s(self) -> float:
        span = (self.last - self.first).total_seconds()
        step = next((s for s in _STEPS_S if span / s <= 11), None)
        return step or 86_400 * max(1, round(span / 86_400 / 9))

    def _marks(self) -> list[datetime]:
        step = timedelta(seconds=self._step_s())
        at = _EPOCH + ((self.first - _EPOCH) // step + 1) * step
        marks: list[datetime] = []
        while at <= self.last and len(marks) < 20:
            marks.append(at)
            at += step
        return marks
