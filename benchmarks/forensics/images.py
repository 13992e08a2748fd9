"""`python -m benchmarks.forensics.images`: hashes of pictures a second, and which changes are found.

Beside ours stands imagehash, on the same decoded pictures. Pictures are made up and seeded.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

import imagehash
import numpy as np
from PIL import Image

from app.forensics.images.clusters import leaders_of
from app.forensics.images.comparing import Known, Relation, compare
from app.forensics.images.fingerprints import fingerprint
from app.forensics.images.hamming import words_of
from app.forensics.images.pdq import pdq_hash, pdq_turned
from app.forensics.images.reading import Picture
from app.forensics.images.repository import PAGE_POSTS, PageOfHashes
from app.forensics.images.searching import Wanted
from benchmarks.forensics.pictures import CHANGES, picture

SIZES = ((512, 512), (1024, 768), (1920, 1080), (4000, 3000))
Row = tuple[str, ...]


def speed_rows(rounds: int = 7) -> Iterator[Row]:
    """Pictures a second of one core, decoded already, by size: median of rounds."""
    for size in SIZES:
        image = picture(0).resize(size)
        pixels = np.asarray(image)
        tasks: tuple[Callable[[], object], ...] = (
            partial(pdq_hash, pixels),
            partial(pdq_turned, pixels),
            partial(imagehash.phash, image),
            partial(imagehash.dhash, image),
            partial(fingerprint, Picture(image, "PNG", False)),
        )
        yield (f"{size[0]} x {size[1]}", *(f"{_a_second(task, rounds):,.0f}" for task in tasks))


def _a_second(task: Callable[[], object], rounds: int) -> float:
    task()
    times = []
    for _ in range(rounds):
        done, start = 0, time.process_time()
        while (passed := time.process_time() - start) < 0.1:
            task()
            done += 1
        times.append(passed / done)
    return 1 / median(times)


def change_rows(pictures: int) -> Iterator[Row]:
    """Of each change: how often the pair is told as what it is, and how near each hash stays."""
    scenes = [picture(seed) for seed in range(pictures)]
    known = [_known("whole", scene) for scene in scenes]
    for name, change in CHANGES.items():
        rng = np.random.default_rng(1)
        pairs = [
            next(compare([whole, _known("changed", change(rng, scene))]))
            for whole, scene in zip(known, scenes, strict=True)
        ]
        told = Counter(pair.relation.value for pair in pairs)
        pdq, phash, dhash = (
            sum((getattr(pair, f"{kind}_distance") or 0) <= at_most for pair in pairs)
            for kind, at_most in (("pdq", 31), ("phash", 10), ("dhash", 10))
        )
        yield (
            name, *(f"{count / pictures:.2f}" for count in (pdq, phash, dhash)),
            ", ".join(f"{relation} {count / pictures:.2f}" for relation, count in told.most_common()),
        )  # fmt: skip


def unrelated_rows(pictures: int) -> Iterator[Row]:
    """Pairs of pictures that have nothing in common: what they are taken for, how near they come."""
    known = [_known(str(seed), picture(seed)) for seed in range(1_000, 1_000 + pictures)]
    told: Counter[Relation] = Counter()
    nearest = {"pdq": 256, "phash": 64, "dhash": 64}
    for pair in compare(known):
        told[pair.relation] += 1
        for kind, least in nearest.items():
            nearest[kind] = min(least, getattr(pair, f"{kind}_distance"))
    for relation, count in told.items():
        yield f"pairs taken for {relation}", f"{count:,} of {told.total():,}"
    for kind, least in nearest.items():
        yield f"nearest by {kind}", f"{least} bits"


def cluster_rows(hashes: int) -> Iterator[Row]:
    """How long it takes to put near hashes together, half of them copies with up to 31 other bits."""
    rng = random.Random(1)
    pictures = [rng.getrandbits(256) for _ in range(hashes // 2)]
    copies = [
        one ^ sum(1 << bit for bit in rng.sample(range(256), rng.randrange(32))) for one in pictures
    ]
    digits = [f"{one:064x}" for one in (*pictures, *pictures, *copies)]
    start = time.process_time()
    leaders = leaders_of(digits)
    seconds = time.process_time() - start
    right = sum(
        leaders[f"{copy:064x}"] == f"{one:064x}" for one, copy in zip(pictures, copies, strict=True)
    )
    yield f"{hashes:,} hashes put together", f"{seconds:.1f} s"
    yield "copies found with their picture", f"{right / len(pictures):.4f}"


def search_rows(hashes: int) -> Iterator[Row]:
    """How long one picture, its turns and crops are looked for among so many hashes in memory."""
    rng = random.Random(1)
    known = [f"{rng.getrandbits(256):064x}" for _ in range(hashes)]
    sought = _known("sought", picture(0))
    assert sought.pdq is not None
    known[hashes // 2] = sought.pdq
    start = time.process_time()
    wanted, hits = Wanted(sought, 31), []
    for first in range(0, hashes, PAGE_POSTS):
        page = words_of(known[first : first + PAGE_POSTS])
        posts = np.arange(first, first + len(page), dtype=np.int64)
        hits += wanted.among(PageOfHashes(int(posts[-1]), posts, page), limit=10)
    seconds = time.process_time() - start
    assert [hit.post for hit in hits] == [hashes // 2]
    yield f"one looked for among {hashes:,} hashes, in any turn and crop", f"{seconds:.2f} s"


def _known(name: str, image: Image.Image) -> Known:
    return Known.of(name, name, fingerprint(Picture(image, "PNG", False)))


def main() -> None:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--hashes", type=int, default=100_000)
    asked = parser.parse_args()
    _table(
        ("pictures a second", "PDQ", "PDQ in 8 turns", "imagehash phash", "imagehash dhash",
         "all hashes and crops"), speed_rows(),
    )  # fmt: skip
    _table(
        ("change", "PDQ <= 31", "pHash <= 10", "dHash <= 10", "told as"),
        change_rows(asked.pictures),
    )
    _table(("unrelated pictures", "figure"), unrelated_rows(asked.pictures))
    _table(("near hashes", "figure"), cluster_rows(asked.hashes))
    _table(("search", "figure"), search_rows(2 * asked.hashes))


def _table(head: Row, rows: Iterator[Row]) -> None:
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
    print()


if __name__ == "__main__":
    main()
