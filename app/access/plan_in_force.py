"""Which plan an account is served under: what it pays for or what an operator gave, the better one."""

from collections.abc import Iterable

from app.plans import ANONYMOUS, FREE, PLANS

_RANK = {key: rank for rank, key in enumerate(PLANS)}


def plan_in_force(paid: str, granted: str | None) -> str:
    """The better plan of the two; a key that no plan has any more counts for nothing."""
    return best_plan([paid, granted])


def best_plan(keys: Iterable[str | None]) -> str:
    """The best of some plans, free when there is none."""
    ranked = [key for key in keys if key is not None and key in _RANK and key != ANONYMOUS.key]
    return max(ranked, key=_RANK.__getitem__, default=FREE.key)
