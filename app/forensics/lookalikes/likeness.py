"""How one name is like another: the same to the eye, one slip of the fingers away, or within it.

Confusable characters are those of Unicode Technical Standard 39; a slip is what typing gives: a letter
twice, left out, added, swapped with the next, or a neighbour's on the keyboard.
"""

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations

_SEQUENCES = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_DIGITS = str.maketrans("0134578i", "oleastbl")  # l, I and 1 are one to the eye
_KEYBOARD_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip of typing: its kind, and what happened."""

    kind: str
    evidence: str


def skeleton(name: str) -> str:
    """What a name looks like: two names that pass for each other have the same one."""
    plain = unicodedata.normalize("NFD", name.casefold())
    letters = (c for c in plain if not unicodedata.combining(c))
    seen = "".join(c if c.isascii() else _ascii_twins().get(c, c) for c in letters)
    for pair, letter in _SEQUENCES:
        seen = seen.replace(pair, letter)
    return seen.translate(_DIGITS)


def foreign_twins(name: str, other: str) -> str:
    """The characters of `name` that pass for ASCII letters of `other`, in words; empty for none."""
    told = [
        f"{c} ({unicodedata.name(c, 'unnamed')})"
        for c in dict.fromkeys(name)
        if not c.isascii() and c not in other
    ]
    return ", ".join(told)


def slip(name: str, other: str) -> Slip | None:
    """The one slip that makes `other` of `name`; `None` where it takes none or more."""
    start = _shared_start(name, other)
    rest, rest_other = name[start:], other[start:]
    end = _shared_start(rest[::-1], rest_other[::-1])
    was, now = rest[: len(rest) - end], rest_other[: len(rest_other) - end]
    if not was and len(now) == 1:
        twice = now in (name[start - 1 : start], name[start : start + 1])
        return Slip("doubling" if twice else "insertion", f"{now} added")
    if len(was) == 1 and not now:
        return Slip("omission", f"{was} left out")
    if len(was) == len(now) == 1:
        near = now in _neighbours().get(was, ())
        return Slip("keyboard" if near else "substitution", f"{now} for {was}")
    if len(was) == 2 and was == now[::-1]:
        return Slip("transposition", f"{now} for {was}")
    return None


def two_slips(name: str, other: str) -> Slip | None:
    """At most two letters added, left out or put for others; `None` where it takes more."""
    steps = [
        (other[b:b_end] or "nothing", name[a:a_end] or "nothing", max(a_end - a, b_end - b))
        for tag, a, a_end, b, b_end in SequenceMatcher(None, name, other, False).get_opcodes()
        if tag != "equal"
    ]
    if not steps or sum(length for *_, length in steps) > 2:
        return None
    return Slip("two_slips", ", ".join(f"{now} for {was}" for now, was, _ in steps))


def shortened(name: str, letters: int) -> set[str]:
    """The name, and what is left of it without any `letters` of its letters, or fewer.

    Names that are so many slips apart have one of these in common.
    """
    return {
        "".join(kept)
        for missing in range(letters + 1)
        for kept in combinations(name, len(name) - missing)
    }


def _shared_start(name: str, other: str) -> int:
    """How many characters two names begin with alike."""
    pairs = enumerate(zip(name, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(name), len(other)))


@cache
def _ascii_twins() -> dict[str, str]:
    from confusable_homoglyphs import confusables  # noqa: PLC0415 - reads tables of a megabyte

    twins = {}
    for character, likes in confusables.confusables_data.items():
        plain = [like["c"] for like in likes if like["c"].isascii() and like["c"].isalnum()]
        if plain and not character.isascii():
            # Lower case first: host names have no other.
            best = min(plain, key=lambda c: (len(c), not c.islower(), c))
            twins[character] = best.lower()
    return twins


@cache
def _neighbours() -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = {}
    for row, keys in enumerate(_KEYBOARD_ROWS):
        for place, key in enumerate(keys):
            beside = keys[max(0, place - 1) : place + 2]
            below = _KEYBOARD_ROWS[row + 1 : row + 2]
            under = below[0][max(0, place - 1) : place + 1] if below else ""
            for other in beside + under:
                if other != key:
                    near.setdefault(key, set()).add(other)
                    near.setdefault(other, set()).add(key)
    return {key: frozenset(others) for key, others in near.items()}
