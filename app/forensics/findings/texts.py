"""Near-duplicates and chains as findings: which texts repeat each other, and in which order."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from app.forensics.analysis import chains, near_duplicates
from app.forensics.analysis.chains import Link, Post, find_chains
from app.forensics.analysis.language import LANGUAGES, identify
from app.forensics.analysis.near_duplicates import find_near_duplicates
from app.forensics.findings.document import Behaviour, Chain, FindingDocument, MethodUsed
from app.forensics.findings.material import Material, rfc3339
from app.forensics.findings.stories import story_of

MAX_RECORDS = 20_000
MAX_CHAINS = 5_000
OF_ENDPOINT = (
    "An endpoint made the vectors: the same bytes come again as long as it gives the same ones."
)
Stage = Callable[[str], None]
Record = dict[str, Any]
_DIGITS = 6


def find_duplicates(
    material: Material, parameters: dict[str, Any], stage: Stage
) -> FindingDocument:
    """Pairs of posts whose texts are alike."""
    names, texts = _texts(material)
    stage("near-duplicates")
    found = find_near_duplicates(texts)
    records = [
        {
            "id_a": names[a], "id_b": names[b], "similarity": round(similarity, _DIGITS),
            "class": copy_class.value,
        }
        for a, b, similarity, copy_class in islice(found.rows(), MAX_RECORDS)
    ]  # fmt: skip
    counts = {"texts": len(texts), "pairs": len(found), "pairs_shown": len(records)}
    method = MethodUsed(
        name=near_duplicates.METHOD, version=near_duplicates.VERSION, parameters=parameters
    )
    said = f"{len(texts):,} texts were compared; {len(found):,} pairs repeat each other"
    behaviour = Behaviour(records=records)
    document = _document("near_duplicates", material, method, behaviour, counts, said)
    return _with_caveats(document, *_of_crowds(found.thinned, near_duplicates.MAX_PAIRS))


def find_chains_of(
    material: Material,
    parameters: dict[str, Any],
    stage: Stage,
    endpoint: Mapping[str, Any] | None = None,
) -> FindingDocument:
    """The links of each chain: origin first, then what repeats it, in the order of time.

    Args:
        endpoint: `url`, `model` and `key` of the engine `endpoint`.

    Raises:
        CommandError: the engine is not there, or fails.
    """
    from app.forensics.engines import Embedded, engine_named  # noqa: PLC0415 - for chains alone
    from app.forensics.semantic.embedders import Endpoint  # noqa: PLC0415

    engine = (
        engine_named(parameters["engine"]) if endpoint is None else Embedded(Endpoint(**endpoint))
    )
    _, texts = _texts(material)
    stage("languages")
    posts = _posts(material, frozenset(parameters["mainstream"]))
    stage("near-duplicates")
    copies = find_near_duplicates(texts, chains.MAX_COPIES)
    stage(f"across languages: {engine.name}")
    translations = engine.match(texts, [post.language for post in posts])
    stage("chains")
    links = list(find_chains(posts, copies, translations))
    records = [_record(link, posts) for link in links]
    told = _chains(records)
    count, across = len(told), sum(len(chain.languages) > 1 for chain in told)
    counts = {
        "texts": len(texts),
        "chains": count,
        "chains_shown": min(count, MAX_CHAINS),
        "chains_across_languages": across,
        "bursts": sum(len(chain.bursts) for chain in told),
        "links": len(links),
        "links_shown": min(len(links), MAX_RECORDS),
    }
    method = MethodUsed(name=chains.METHOD, version=chains.VERSION, parameters=parameters)
    said = f"{len(texts):,} texts were compared; {count:,} stories were taken up by others"
    behaviour = Behaviour(records=records[:MAX_RECORDS], chains=told[:MAX_CHAINS])
    document = _document("chains", material, method, behaviour, counts, said)
    of_engine = [] if endpoint is None else [OF_ENDPOINT]
    return _with_caveats(document, *_of_crowds(copies.thinned, chains.MAX_COPIES), *of_engine)


def _of_crowds(thinned: int, most: int) -> list[str]:
    """What to say where not all pairs of texts were told."""
    if not thinned:
        return []
    return [
        f"All pairs would be more than {most}: the {thinned} texts of the largest crowds are paired"
        " with a first one of their crowd, not each with each; counts are of these pairs."
    ]


def _with_caveats(document: FindingDocument, *more: str) -> FindingDocument:
    return document.model_copy(update={"caveats": [*document.caveats, *more]})


def _posts(material: Material, mainstream: frozenset[str]) -> list[Post]:
    """The posts that have a text."""
    columns = ("content", "text", "at_us", "language", "name")
    rows = zip(*(material.posts.column(one).to_pylist() for one in columns), strict=True)
    return [
        Post(content, at_us, _language(told, text), account, account in mainstream)
        for content, text, at_us, told, account in rows
        if text
    ]


def _record(link: Link, posts: list[Post]) -> Record:
    post = posts[link.post]
    return {
        "chain_id": link.chain_id, "position": link.position, "id": post.id, "account": post.account,
        "published_at": rfc3339(post.at_us), "kind": link.kind.value,
        "lag_s": link.lag_us / 1_000_000, "similarity": round(link.similarity, _DIGITS),
        "stage": link.stage.value, "language": post.language,
        "repeats": None if link.repeats is None else posts[link.repeats].id,
    }  # fmt: skip


def _chains(records: list[Record]) -> list[Chain]:
    """The story of each chain, the most told first."""
    links: dict[str, list[Record]] = {}
    for record in records:
        links.setdefault(record["chain_id"], []).append(record)
    chains = [Chain(chain_id=id_, **story_of(one).model_dump()) for id_, one in links.items()]
    chains.sort(key=lambda chain: (-chain.texts, chain.first_seen.at, chain.chain_id))
    return chains


def _texts(material: Material) -> tuple[list[str], list[str]]:
    """Names and texts of the posts that have a text."""
    names = material.posts.column("content").to_pylist()
    texts = material.posts.column("text").to_pylist()
    there = [(name, text) for name, text in zip(names, texts, strict=True) if text]
    return [name for name, _ in there], [text for _, text in there]


def _language(told: str | None, text: str) -> str:
    short = (told or "").strip().lower()[:2]
    return short if short in LANGUAGES else identify(text)[0]


def _document(
    kind: Any,
    material: Material,
    method: MethodUsed,
    behaviour: Behaviour,
    counts: dict[str, int],
    summary: str,
) -> FindingDocument:
    caveats = [
        "Which text repeats which was measured, not who meant what by it.",
        "Agency copy, press releases and quotes are repeated too: copies alone are no campaign.",
        "First is first in this corpus: what was not collected may have come before.",
        *material.caveats,
    ]
    if len(behaviour.records) == MAX_RECORDS:
        caveats.append(f"The first {MAX_RECORDS} records are listed; counts are of all.")
    return FindingDocument(
        kind=kind,
        outcome="found" if behaviour.records else "nothing_found",
        summary=summary,
        method=method,
        input=material.input,
        counts=counts,
        behaviour=behaviour,
        caveats=caveats,
    )
