"""What is found of what was planted, over seeds: means with 95 % intervals of a bootstrap."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.stats import kendalltau

from app.forensics.analysis import coordination, coortweet
from app.forensics.analysis.chains import Post, find_chains
from app.forensics.analysis.coordination import Descriptions
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.near_duplicates import find_near_duplicates
from app.forensics.analysis.shares import Shares
from app.forensics.demo import shares as demo
from app.forensics.demo import texts
from app.forensics.demo.lively import lively
from app.forensics.demo.shares import SyntheticShares
from app.forensics.engines import Engine
from benchmarks.forensics.intervals import interval

Row = tuple[str, ...]

KINDS: dict[str, tuple[Callable[[int], SyntheticShares], float]] = {
    "organic only": (demo.organic, 60),
    "organic only, 1 h window": (demo.organic, 3_600),
    "planted": (demo.planted, 60),
    "weak": (lambda seed: demo.planted(seed, kind=demo.WEAK), 60),
    "slow, 1 h window": (lambda seed: demo.planted(seed, kind=demo.SLOW), 3_600),
    "planted, 6 h window": (demo.planted, 21_600),
    "weak, 1 h window": (lambda seed: demo.planted(seed, kind=demo.WEAK), 3_600),
    "wire only": (demo.wire, 60),
    "wire only, 1 h window": (demo.wire, 3_600),
    "lively, organic only": (lively, 60),
    "lively, organic only, 10 s": (lively, 10),
    "lively, organic only, 10 min": (lively, 600),
    "lively, organic only, 1 h": (lively, 3_600),
    "lively, planted": (lambda seed: lively(seed, campaigns=4), 60),
    "lively, weak": (lambda seed: lively(seed, 4, demo.WEAK), 60),
}


def coordination_rows(seeds: Sequence[int]) -> Iterator[Row]:
    """Accounts found by the null model, and by CooRTweet's rule at its 0.99 quantile."""
    for name, (make, window_s) in KINDS.items():
        scores = [coordination_scores(make(seed), window_s) for seed in seeds]
        yield name, *(interval(column) for column in zip(*scores, strict=True))


def near_duplicate_row(seeds: Sequence[int]) -> Row:
    """Precision and recall of pairs of 20,000 short texts."""
    scores = []
    for seed in seeds:
        rows = list(texts.near_duplicates(seed))
        found = find_near_duplicates([text for text, _ in rows])
        pairs = set(zip(found.a.tolist(), found.b.tolist(), strict=True))
        planted = {(a, b) for b in range(len(rows)) for a in range(b - b % 5, b)}
        scores.append((len(pairs & planted) / len(pairs), len(pairs & planted) / len(planted)))
    return tuple(interval(column) for column in zip(*scores, strict=True))


def chain_row(seeds: Sequence[int], engine: Engine) -> Row:
    """Origins right, Kendall's tau of the order, kinds right, stages right (macro F1)."""
    return tuple(
        interval(column)
        for column in zip(*(_chain_scores(seed, engine) for seed in seeds), strict=True)
    )


def coordination_scores(made: SyntheticShares, window_s: float) -> tuple[float, ...]:
    """False accounts, precision, recall and F1, ours and then those of CooRTweet's rule."""
    table = made.table()
    at_us = table["timestamp_share"].to_numpy() * 1_000_000
    shares = Shares.of(table["account_id"], table["object_id"], table["content_id"], at_us)
    text = table["text"].to_pylist() if "text" in table.column_names else ()
    result = coordination.analyse(shares, window_s, 2, Descriptions(text=text))
    planted = {account for campaign in made.planted for account in campaign}
    ours = _named(shares, result.edges.where(result.findings))
    heavy = coortweet.above_quantile(coortweet.detect(shares, window_s), 0.99)
    theirs = _named(shares, heavy)
    return (len(ours - planted), *_scores(ours, planted), len(theirs - planted),
            *_scores(theirs, planted))  # fmt: skip


def _named(shares: Shares, edges: Edges) -> set[str]:
    return set(shares.accounts.take(np.union1d(edges.a, edges.b)).to_pylist())


def _scores(found: set[str], planted: set[str]) -> tuple[float, float, float]:
    """Precision, recall and F1; NaN where nothing was planted."""
    if not planted:
        return (float("nan"),) * 3
    right = len(found & planted)
    return right / max(len(found), 1), right / len(planted), 2 * right / (len(found) + len(planted))


def _chain_scores(seed: int, engine: Engine) -> tuple[float, float, float, float]:
    made = texts.chains(seed)
    posts = [
        Post(one.id, one.published_at * 1_000_000, one.language, one.account_id,
             one.outlet_type == "mainstream")
        for one in made
    ]  # fmt: skip
    contents = [one.text for one in made]
    translations = engine.match(contents, [one.language for one in made])
    links = list(find_chains(posts, find_near_duplicates(contents), translations))
    origins = [link for link in links if link.position == 0]
    right = sum(made[link.post].kind == "origin" for link in origins)
    stories = {made[one].story for one in range(len(made))}
    taus = []
    for story in stories:
        places = [(link.position, made[link.post].id) for link in links
                  if made[link.post].story == story]  # fmt: skip
        found = [place for place, _ in places]
        true = [int(one.rpartition("-")[2]) for _, one in places]
        taus.append(kendalltau(found, true).statistic if len(places) > 1 else 0.0)
    return (
        right / max(len(origins), len(stories)), float(np.mean(taus)),
        sum(made[link.post].kind == link.kind for link in links) / len(made),
        _macro_f1([(made[link.post].stage, link.stage) for link in links], len(made)),
    )  # fmt: skip


def _macro_f1(pairs: Sequence[tuple[str, str]], total: int) -> float:
    scores = []
    for label in ("placement", "layering", "integration"):
        right = sum(true == found == label for true, found in pairs)
        named = sum(found == label for _, found in pairs) + sum(true == label for true, _ in pairs)
        scores.append(2 * right / max(named, 1))
    return float(np.mean(scores)) * len(pairs) / total
