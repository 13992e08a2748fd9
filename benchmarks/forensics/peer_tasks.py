"""What the peers do, run by their own Python: `peer_tasks.py INPUT` prints `|task|peer|figure|`."""

# Its imports are those of another environment.
# ruff: noqa: PLC0415
# mypy: ignore-errors

import contextlib
import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path


def toolkit(path: Path) -> None:
    from coordination_network_toolkit import compute_networks, preprocess

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        database = f"{folder}/shares.db"
        start = time.perf_counter()
        preprocess.preprocess_csv_files(database, [str(path)])
        loaded = time.perf_counter()
        compute_networks.compute_co_link_network(database, 60, n_threads=2)
        done = time.perf_counter()
        with contextlib.closing(sqlite3.connect(database)) as read:
            rows = read.execute(
                "SELECT user_1, user_2, weight FROM co_link_network WHERE user_1 < user_2"
            ).fetchall()
    ours = json.loads(path.with_name("toolkit-edges.json").read_text())
    same = "the same" if sorted(map(list, rows)) == sorted(ours) else "not our"
    print(
        f"|35 k shares, 60 s|toolkit|load {loaded - start:.1f} s + co_link {done - loaded:.1f} s;"
        f" {same} {len(rows):,} edges|"
    )


def datasketch(path: Path) -> None:
    from datasketch import MinHash, MinHashLSH

    documents = json.loads(path.read_text())
    start = time.process_time()
    index = MinHashLSH(num_perm=126, params=(42, 3))
    hashes = []
    for number, text in enumerate(documents):
        one = MinHash(num_perm=126)
        one.update_batch([text[i : i + 5].encode() for i in range(max(len(text) - 4, 1))])
        hashes.append(one)
        index.insert(number, one)
    found = [index.query(one) for one in hashes]
    rate = len(documents) / (time.process_time() - start)
    # Five texts of a story stand together.
    near = [(number, other) for number, others in enumerate(found) for other in others]
    right = sum(one // 5 == other // 5 and one != other for one, other in near)
    recall = right / (4 * len(documents))
    print(
        f"|near-duplicates, no check|datasketch|{rate:,.0f} texts/s;"
        f" {recall:.3f} of the pairs are among its candidates|"
    )


def networkx(path: Path) -> None:
    import networkx as nx

    graph = nx.Graph()
    graph.add_weighted_edges_from(json.loads(path.read_text()))
    start = time.process_time()
    nx.community.louvain_communities(graph, seed=1)
    taken = time.process_time() - start
    print(f"|communities of {graph.number_of_edges():,} edges|networkx (Louvain)|{taken:.1f} s|")


def lingua(path: Path) -> None:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [IsoCode639_1.from_str(code.upper()) for code in ("en", "es", "pt", "fr")]
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_preloaded_language_models()
    detector = detector.build()
    rows = json.loads(path.read_text())
    start = time.process_time()
    found = [detector.detect_language_of(text) for _, _, text in rows]
    rate = len(rows) / (time.process_time() - start)
    for words in (3, 6, 12):
        right = [
            one is not None and one.iso_code_639_1.name.lower() == language
            for one, (count, language, _) in zip(found, rows, strict=True)
            if count == words
        ]
        print(f"|language, {words} words|lingua|{sum(right) / len(right):.3f}|")
    print(f"|language|lingua|{rate:,.0f} texts/s|")


if __name__ == "__main__":
    source = Path(sys.argv[1])
    {"toolkit": toolkit, "datasketch": datasketch, "networkx": networkx, "lingua": lingua}[
        source.stem
    ](source)
