"""Finds whom a domain may be taken for, with a score that is a sum of named parts.

A match says that two names are alike. It says nothing of who registered either: an owner registers
names like its own as well, and papers of several countries bear one name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from app.forensics.lookalikes.domains import Domain
from app.forensics.lookalikes.likeness import (
    foreign_twins,
    shortened,
    skeleton,
    slip,
    two_slips,
)
from app.forensics.lookalikes.words import (
    CLOSED_SUFFIXES,
    OLD_SUFFIXES,
    RELAYS,
    added_words,
    open_country_suffixes,
    shared_names,
)

METHOD, VERSION = "lookalike-domains", "1"
THRESHOLD = 50
"""From this score on a domain is told as a lookalike; measured in tests/forensics/lookalikes."""
MIN_SLIPPED, MIN_SLIPPED_TWICE, MIN_WITHIN = 5, 10, 3
MAX_SLIPPED, MAX_SLIPPED_TWICE = 32, 20
"""Longer names are compared as they are: the ways to leave letters out grow with the square."""
MAX_COMPARED = 100
"""With so many protected domains one is compared at most, whatever is made up to be like them."""
MAX_MATCHES = 5
SLIP_POINTS = {
    "transposition": 40, "doubling": 40, "keyboard": 40, "omission": 35, "insertion": 30,
    "substitution": 25, "two_slips": 20,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Protected:
    """A domain that others may imitate, and where it was taken from."""

    domain: Domain
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """One ground for a score."""

    part: str
    points: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a domain may be taken for; `score` is the sum of its parts."""

    imitates: str
    source: str
    kinds: tuple[str, ...]
    score: int
    parts: tuple[Part, ...]


class Matcher:
    """Compares domains with those that are protected, however many, by look-ups."""

    def __init__(self, protected: Iterable[Protected]) -> None:
        self._known: dict[str, Protected] = {}
        self._longest = 0
        self._by_label: dict[str, list[Protected]] = defaultdict(list)
        self._by_skeleton: dict[str, list[Protected]] = defaultdict(list)
        self._by_shortened: dict[str, list[Protected]] = defaultdict(list)
        self._by_host: dict[str, list[Protected]] = defaultdict(list)
        for one in protected:
            if self._known.setdefault(one.domain.registrable, one) is not one:
                continue
            for name in _names_of(one):
                self._longest = max(self._longest, len(name))
                _append(self._by_label[name], one)
                _append(self._by_skeleton[skeleton(name)], one)
                if MIN_SLIPPED <= len(name) <= MAX_SLIPPED:
                    for short in shortened(name, _slips(name)):
                        _append(self._by_shortened[short], one)
            if "." in one.domain.suffix:
                _append(self._by_host[one.domain.host.rpartition(".")[0]], one)

    @property
    def size(self) -> int:
        """How many domains are protected."""
        return len(self._known)

    def find_known(self, domain: Domain) -> Protected | None:
        """The protected domain that this one is, or is below."""
        return self._known.get(domain.registrable)

    def matches(self, domain: Domain) -> list[Match]:
        """Whom a domain may be taken for, the likest first; none for a protected one itself."""
        if self.find_known(domain) is not None:
            return []
        best: dict[str, Match] = {}
        for match in islice(self._all(domain), MAX_COMPARED):
            held = best.get(match.imitates)
            if held is None or match.score > held.score:
                best[match.imitates] = match
        return sorted(best.values(), key=lambda m: (-m.score, m.imitates))[:MAX_MATCHES]

    def _all(self, domain: Domain) -> Iterator[Match]:
        plain = _unhyphened(domain.label)
        for one in self._by_label.get(plain, ()):
            yield _match(domain, one, *_same(domain, one))
        for one in self._by_skeleton.get(skeleton(plain), ()):
            if plain not in _names_of(one):
                yield _match(domain, one, "homoglyph", _homoglyph(plain, one))
        for one in self._slipped(plain):
            yield from _slip_match(domain, plain, one)
        yield from self._below(domain)
        held = (
            (one, name)
            for name in self._parts(plain)
            for one in self._by_label.get(name, ())
            if plain not in _names_of(one)
        )
        for one, name in islice(held, MAX_COMPARED):
            yield from _within(domain, name, one)

    def _slipped(self, plain: str) -> list[Protected]:
        found: dict[str, Protected] = {}
        if len(plain) > min(MAX_SLIPPED, self._longest) + 2:
            return []
        for short in sorted(shortened(plain, _slips(plain)), key=len, reverse=True):
            for one in self._by_shortened.get(short, ()):
                found[one.domain.registrable] = one
            if len(found) >= MAX_COMPARED:
                break
        return list(found.values())

    def _parts(self, plain: str) -> Iterator[str]:
        """The shorter names that can stand in one, the longest first."""
        for length in range(min(len(plain) - 1, self._longest), MIN_WITHIN - 1, -1):
            for start in range(len(plain) - length + 1):
                yield plain[start : start + length]

    def _below(self, domain: Domain) -> Iterator[Match]:
        """Another's whole address in front of one's own: example.org.login.net."""
        host, _, _ = domain.host.rpartition(".")
        for one in self._by_host.get(host, ()):
            # A registered name that stands for a part of the other's suffix: ministry.gob.xy.
            if domain.suffix.count(".") < one.domain.suffix.count("."):
                yield _summed(one, ["tld_swap"], [Part("same_host", 60, f"{host} stands in both")])
        if not domain.subdomain or domain.registrable.endswith(RELAYS):
            return
        labels = [*domain.subdomain.split("."), domain.label]
        for start in range(len(labels)):
            for end in range(start + 1, min(len(labels), start + 4) + 1):
                name = ".".join(labels[start:end]) if end - start > 1 else labels[start]
                for text in {name, name.replace("-", ".")}:
                    if text in self._known:
                        part = Part("address_in_subdomain", 65, f"{name} in {domain.host}")
                        yield _summed(self._known[text], ["subdomain"], [part])


def _match(domain: Domain, one: Protected, kind: str, part: Part) -> Match:
    return _summed(one, _kinds(domain, one, kind), [part, *_shared_parts(domain, one)])


def _summed(one: Protected, kinds: Iterable[str], parts: Iterable[Part]) -> Match:
    told = tuple(part for part in parts if part.points)
    score = max(0, min(100, sum(part.points for part in told)))
    return Match(one.domain.registrable, one.source, tuple(kinds), score, told)


def _kinds(domain: Domain, one: Protected, kind: str) -> list[str]:
    swapped = domain.suffix != one.domain.suffix and kind != "tld_swap"
    return [kind, "tld_swap"] if swapped else [kind]


def _same(domain: Domain, one: Protected) -> tuple[str, Part]:
    if domain.label == one.domain.label or domain.label in _names_of(one):
        return "tld_swap", Part("same_name", 40, f"{domain.label} stands in both")
    return "hyphen", Part("same_but_for_hyphens", 40, f"{domain.label} for {one.domain.label}")


def _homoglyph(plain: str, one: Protected) -> Part:
    foreign = foreign_twins(plain, one.domain.label)
    if foreign:
        return Part("foreign_homoglyphs", 60, f"{foreign} in {plain} for {one.domain.label}")
    return Part("homoglyphs", 40, f"{plain} looks like {one.domain.label}")


def _slip_match(domain: Domain, plain: str, one: Protected) -> Iterator[Match]:
    for name in _names_of(one):
        made = slip(name, plain)
        if made is None and min(len(name), len(plain)) >= MIN_SLIPPED_TWICE:
            made = two_slips(name, plain)
        if made is not None and len(name) >= MIN_SLIPPED:
            part = Part(made.kind, SLIP_POINTS[made.kind], f"{made.evidence}: {plain} for {name}")
            yield _match(domain, one, "typo", part)


def _within(domain: Domain, name: str, one: Protected) -> Iterator[Match]:
    """The name with something beside it: added words, or any other letters."""
    found = re.search("-?".join(map(re.escape, name)), domain.label)
    if found is None or found.group() == domain.label:
        return
    before, after = domain.label[: found.start()], domain.label[found.end() :]
    beside = [part for part in re.split("[-_]", f"{before}-{after}") if part]
    apart = (not before or before.endswith("-")) and (not after or after.startswith("-"))
    own = {*one.domain.suffix.split("."), one.domain.suffix.replace(".", "")}
    known = all(
        part in own or part in added_words() or (part.isdigit() and len(part) <= 4)
        for part in beside
    )
    if len(name) < MIN_SLIPPED and not (apart and known):
        return
    parts = [Part("name_within", 25 if known or apart else 15, f"{name} in {domain.label}")]
    if own.issuperset(beside):
        parts.append(Part("own_suffix", 30, f"its suffix {', '.join(beside)} beside it"))
    elif known:
        parts.append(Part("added_word", 20, f"{', '.join(beside)} beside it"))
    kinds = _kinds(domain, one, "added_word" if known else "combosquatting")
    yield _summed(one, kinds, [*parts, *_shared_parts(domain, one, name)])


def _shared_parts(domain: Domain, one: Protected, name: str | None = None) -> Iterator[Part]:
    """What counts whatever the likeness: the suffix, and how telling the name is."""
    shared = set(_names_of(one)) & shared_names()
    yield _suffix_part(domain.suffix, one.domain.suffix, bool(shared))
    if one.domain.subdomain not in ("", "www") and domain.subdomain == one.domain.subdomain:
        yield Part("same_subdomain", 20, f"{domain.subdomain} stands in both")
    length = len(_unhyphened(name or one.domain.label))
    points = {1: -40, 2: -40, 3: -15, 4: 0, 5: 5, 6: 10, 7: 10}.get(length, 20)
    yield Part("length_of_name", points, f"{length} letters")
    if shared:
        yield Part("name_of_many", -20, f"{min(shared)} is a word, or the name of several papers")


def _suffix_part(suffix: str, own: str, is_shared: bool) -> Part:
    last = suffix.rpartition(".")[2]
    if suffix == own:
        return Part("same_suffix", 20, f".{suffix} in both")
    if last in CLOSED_SUFFIXES:
        return Part("closed_suffix", 0, f".{suffix} is not sold to anyone")
    if len(last) == 2:
        if suffix in open_country_suffixes():
            # A paper of that country may well bear a name that many bear.
            return Part("open_suffix", 5 if is_shared else 25, f".{suffix} is sold to anyone")
        return Part("country_suffix", 0, f".{suffix} may be the name's own in that country")
    if suffix in OLD_SUFFIXES:
        return Part("old_suffix", 5, f".{suffix} for .{own}")
    return Part("open_suffix", 25, f".{suffix} is sold to anyone")


def _names_of(one: Protected) -> list[str]:
    """Its name without hyphens, and without a leading article where enough is left."""
    name = _unhyphened(one.domain.label)
    bare = name.removeprefix("the")
    return [name, bare] if bare != name and len(bare) >= MIN_SLIPPED else [name]


def _unhyphened(label: str) -> str:
    return label.replace("-", "")


def _append(held: list[Protected], one: Protected) -> None:
    if len(held) < MAX_COMPARED:
        held.append(one)


def _slips(name: str) -> int:
    """How many slips to look for; a letter may be missing or too many."""
    if len(name) < MIN_SLIPPED - 1:
        return 0
    return 2 if MIN_SLIPPED_TWICE - 2 <= len(name) <= MAX_SLIPPED_TWICE + 2 else 1
