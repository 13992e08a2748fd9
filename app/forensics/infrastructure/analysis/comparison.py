"""What sites share, weighed by how rare it is and by what is known to be shared by many."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from app.forensics.infrastructure.analysis.indicators import Site
from app.forensics.infrastructure.analysis.kinds import CAPS, KINDS, rarity
from app.forensics.infrastructure.analysis.shared import MANY_NAMES, Entry, SharedValues
from app.forensics.infrastructure.analysis.similarity import alike_pairs

METHOD = "shared_infrastructure"
METHOD_VERSION = "1"
MANY_HOLDERS = 100
OWN_CHECKS = MANY_NAMES_CHECK, COMMON_CHECK, SAME_DESIGN_CHECK = (
    "many_names", "common_in_set", "same_design",
)  # fmt: skip
_CERTIFICATES = ("certificate", "certificate_key", "certificate_serial")
_Key = tuple[str, str]
_Pair = tuple[int, int]
_DESIGN = {"files", "markup"}


@dataclass(frozen=True, slots=True)
class Part:
    """One value that two sites share, and what it gives; 0 beside a heavier one of its family."""

    kind: str
    value: str
    tier: int
    family: str
    weight: float
    holders: int
    rarity: float
    similarity: float | None
    score: float


_Families = dict[str, list[Part]]


@dataclass(frozen=True, slots=True)
class Discount:
    """One value that two sites share and that counts for nothing, by which check and entry."""

    kind: str
    value: str
    check: str
    explained_by: str


@dataclass(slots=True)
class Pair:
    """Two sites and what they share."""

    a: int
    b: int
    parts: list[Part] = field(default_factory=list)
    discounted: list[Discount] = field(default_factory=list)

    def tier(self, number: int) -> float:
        """What a tier gives, within its cap."""
        return min(CAPS[number], sum(part.score for part in self.parts if part.tier == number))

    @property
    def score(self) -> float:
        """The sum of the three tiers."""
        return round(sum(self.tier(number) for number in CAPS), 4)


@dataclass(slots=True)
class Comparison:
    """Every pair that scores, heaviest first, and how many values each check took out."""

    pairs: list[Pair]
    checks: dict[str, int]
    discounts: dict[_Key, Discount]
    """Of values, whoever shares them."""
    same_design: dict[_Pair, list[Discount]]
    """Of single pairs: files and markup that one listed theme or platform makes alike."""

    def discounted_of(self, pair: Pair, sites: Sequence[Site]) -> list[Discount]:
        """What the two sites share that counts for nothing."""
        common = sorted(set(sites[pair.a].indicators) & set(sites[pair.b].indicators))
        values = [self.discounts[key] for key in common if key in self.discounts]
        return [*values, *self.same_design.get((pair.a, pair.b), [])]


def compare(sites: Sequence[Site], known: SharedValues) -> Comparison:
    """Every pair of sites with a score above 0; sites are known by their places."""
    holders = _holders(sites)
    discounts = _discounts(sites, holders, known)
    shared: defaultdict[_Pair, _Families] = defaultdict(lambda: defaultdict(list))
    for key, places in holders.items():
        if key not in discounts:
            part = _part(*key, len(sites), len(places), None)
            for pair in combinations(places, 2):
                shared[pair][part.family].append(part)
    for kind in ("names", "structure"):
        for alike in alike_pairs(_sets(sites, known, kind)):
            part = _part(kind, "", len(sites), max(2, alike.holders), alike.similarity)
            shared[alike.a, alike.b][part.family].append(part)
    same_design = {
        (a, b): taken
        for (a, b), families in shared.items()
        if (taken := _take_stock_design(sites[a], sites[b], families, known))
    }
    pairs = [Pair(a, b, _counted(families)) for (a, b), families in shared.items()]
    checks = Counter(discount.check for discount in discounts.values())
    checks[SAME_DESIGN_CHECK] = sum(map(len, same_design.values()))
    return Comparison(
        sorted(
            (pair for pair in pairs if pair.score > 0),
            key=lambda pair: (-pair.score, pair.a, pair.b),
        ),
        dict(checks),
        discounts,
        same_design,
    )


def _holders(sites: Sequence[Site]) -> dict[_Key, list[int]]:
    """The values that two sites or more have, with the places of these."""
    found: defaultdict[_Key, list[int]] = defaultdict(list)
    for place, site in enumerate(sites):
        for key in site.indicators:
            found[key].append(place)
    # A certificate that names another site's domain joins the two, whatever that one presents.
    for place, site in enumerate(sites):
        named = ("certificate_name", site.domain)
        if site.domain and named in found and place not in found[named]:
            found[named] = sorted([*found[named], place])
    return {key: places for key, places in sorted(found.items()) if len(places) > 1}


def _discounts(
    sites: Sequence[Site], holders: dict[_Key, list[int]], known: SharedValues
) -> dict[_Key, Discount]:
    certificates = _shared_certificates(sites, known)
    md5s = {digest: md5 for site in sites for digest, md5 in site.md5s.items()}
    found = {}
    for key, places in holders.items():
        kind, value = key
        paths = [path for place in places for path in sites[place].indicators.get(key, ())]
        entry = known.find(kind, value, paths)
        if entry is None and kind == "favicon":
            entry = known.find(kind, md5s[value])
        if entry is not None:
            found[key] = Discount(kind, value, entry.check, entry.name)
        elif key in certificates:
            found[key] = certificates[key]
        elif KINDS[kind].tier > 1 and len(places) > MANY_HOLDERS:
            found[key] = Discount(kind, value, COMMON_CHECK, f"{len(places)} sites of this set")
    return found


def _shared_certificates(sites: Sequence[Site], known: SharedValues) -> dict[_Key, Discount]:
    """The values of certificates that a host or a CDN holds for many customers."""
    found: dict[_Key, Discount] = {}
    for site in sites:
        for one in site.certificates:
            entry: Entry | None = next(filter(None, map(known.find_host, one.names)), None)
            if entry is None and len(one.names) <= MANY_NAMES:
                continue
            check, explained = (
                (entry.check, entry.name)
                if entry
                else (MANY_NAMES_CHECK, f"{len(one.names)} names")
            )
            values = (one.sha256, one.key_sha256, f"{one.serial} {one.issuer}")
            keys = [*zip(_CERTIFICATES, values, strict=True)]
            keys += [key for key in site.indicators if key[0] == "certificate_name"]
            found |= {key: Discount(*key, check, explained) for key in keys}
    return found


def _sets(
    sites: Sequence[Site], known: SharedValues, kind: str
) -> list[frozenset[str]] | list[frozenset[int]]:
    if kind == "structure":
        return [site.shingles for site in sites]
    return [known.own_names(site.names) for site in sites]


def _take_stock_design(
    a: Site, b: Site, families: _Families, known: SharedValues
) -> list[Discount]:
    """Take out files and markup where both sites have one theme for sale, or one platform."""
    if _DESIGN.isdisjoint(families):
        return []
    design = _stock_design(a, b, known)
    if design is None:
        return []
    taken = [part for family in sorted(_DESIGN) for part in families.pop(family, [])]
    return [Discount(part.kind, part.value, SAME_DESIGN_CHECK, design) for part in taken]


def _stock_design(a: Site, b: Site, known: SharedValues) -> str | None:
    """The design for sale, or the platform, that makes the pages of both alike."""
    for kind, value in sorted(set(a.indicators) & set(b.indicators)):
        if kind in ("theme", "platform") and (entry := known.find(kind, value)) is not None:
            return f"{entry.name}: {value}"
    return None


def _part(kind: str, value: str, sites: int, holders: int, similarity: float | None) -> Part:
    of = KINDS[kind]
    rare = rarity(sites, holders, of.tier)
    score = of.weight * rare * (1.0 if similarity is None else similarity)
    return Part(
        kind, value, of.tier, of.family, of.weight, holders, round(rare, 4), similarity, round(score, 4)
    )  # fmt: skip


def _counted(families: _Families) -> list[Part]:
    """Of each family the heaviest part with its score, the others with none."""
    counted = []
    for parts in families.values():
        ordered = sorted(parts, key=lambda part: (-part.score, part.kind, part.value))
        counted.append(ordered[0])
        counted += [_without_score(part) for part in ordered[1:]]
    return sorted(counted, key=lambda part: (part.tier, -part.score, part.kind, part.value))


def _without_score(part: Part) -> Part:
    return Part(
        part.kind, part.value, part.tier, part.family, part.weight, part.holders, part.rarity,
        part.similarity, 0.0,
    )  # fmt: skip
