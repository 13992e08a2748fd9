"""What `q` finds: words, phrases, exclusions, stems, names and odd tokens in four languages."""

import itertools
import re
from collections.abc import AsyncIterator
from html import escape, unescape

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.events.highlights import mark_html
from app.events.text_query import Term, TextQuery
from tests.conftest import serving
from tests.events.samples import event, ids, items, pages, refusal, write

TEXTS = {
    "tanker": ("en", "An oil tanker left the port of Jose for Cuba.", ("VE",), ("CU",)),
    "tankers": ("en", "Two tankers carry oil; a satellite watches.", ("IR",), ()),
    "law": ("en", "EU sanctions against a minister in La Paz.", (), ("BO",)),
    "us": ("en", "The U.S. seized COVID-19 kits and S-400 parts from EP-FAB.", (), ()),
    "case": ("en", "The Nisman/AMIA case; a C-802A missile; state-run media.", (), ("AR",)),
    "treaty": ("en", "Washington signed nothing.", ("US",), ("BR",)),
    "es": ("es", "Nuevas sanciones y elecciones: la navegación de los petroleros.", ("RU",), ()),
    "es_singular": ("es", "Una sanción por la elección; navegaciones.", (), ()),
    "pt": ("pt", "Os navios e as sanções contra São Tomé; aviões do Irã.", (), ()),
    "pt_singular": ("pt", "O navio, a sanção e o avião; eu disse.", (), ()),
    "fr": ("fr", "Les pétroliers et l'opération en Géorgie.", (), ()),
    "fr_singular": ("fr", "Le pétrolier, les opérations.", (), ()),
    "de": ("de", "Ein Öltanker fuhr nach Kuba.", (), ("CU",)),
    "markup": ("en", "<script>alert('x')</script> & <b>bold</b> \"quotes\" zebra", (), ()),
}
IDS = {name: number for number, name in enumerate(TEXTS, start=1)}
ENGLISH = {name for name, text in TEXTS.items() if text[0] == "en"}


@pytest.fixture(scope="module")
async def texts(module_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that holds the texts above."""
    async with Database(module_url, pool_size=1) as database:
        await write(
            database,
            [
                event(summary, text_language=language, actors=actors, countries=countries)
                for language, summary, actors, countries in TEXTS.values()
            ],
        )
    async with serving(module_url) as client:
        yield client


async def found(client: httpx.AsyncClient, q: str) -> set[str]:
    """The names of the texts that `q` finds."""
    numbers = await ids(client, q=q)
    return {name for name, number in IDS.items() if number in numbers}


@pytest.mark.parametrize(
    ("q", "names"),
    [
        # words, phrases, exclusions, OR
        ("oil", {"tanker", "tankers"}),
        ("oil satellite", {"tankers"}),
        ("oil OR minister", {"tanker", "tankers", "law"}),
        ("oil satellite OR minister", {"tankers", "law"}),
        ('"oil tanker"', {"tanker"}),
        ('"tanker oil"', set()),
        ('"OIL TANKER"', {"tanker"}),
        ("oil -satellite", {"tanker"}),
        ('oil -"oil tanker"', {"tankers"}),
        ("satellite or oil", {"tankers"}),  # only a capital OR is an operator
        ('oil "tankers', {"tankers"}),
        ('"oil tanker" OR -oil minister', {"tanker", "law"}),
        # stop words narrow nothing in their own language, and are exact in others
        ("la paz", {"law"}),
        ('"la paz"', {"law"}),
        ("EU sanctions", {"law"}),
        ("the zebra", {"markup"}),
        ("the", ENGLISH),
        ("zebra -the", {"markup"}),
        ("disse -eu", set()),
        ("navio -eu", {"pt"}),
        # stems of the text's own language
        ("tanker", {"tanker", "tankers"}),
        ("sanctions", {"law"}),
        ("sanción", {"es", "es_singular"}),
        ("sanciones", {"es", "es_singular"}),
        ("sancion", {"es", "es_singular"}),
        ("SANCIÓN", {"es", "es_singular"}),
        ("elección", {"es", "es_singular"}),
        ("eleccion", {"es", "es_singular"}),
        ("elecciones", {"es", "es_singular"}),
        ("navegación", {"es", "es_singular"}),
        ("navegacion", {"es", "es_singular"}),
        ("navegaciones", {"es", "es_singular"}),
        ("petrolero", {"es"}),
        ("navio", {"pt", "pt_singular"}),
        ("navios", {"pt", "pt_singular"}),
        ("sanção", {"pt", "pt_singular"}),
        ("sanções", {"pt", "pt_singular"}),
        ("sancoes", {"pt", "pt_singular"}),
        ("avião", {"pt", "pt_singular"}),
        ("avioes", {"pt", "pt_singular"}),
        ("pétrolier", {"fr", "fr_singular"}),
        ("petroliers", {"fr", "fr_singular"}),
        ("opération", {"fr", "fr_singular"}),
        ("operations", {"fr", "fr_singular"}),
        ("Öltanker", {"de"}),
        ("oltanker", {"de"}),
        # accents
        ("São", {"pt"}),
        ("Sao", {"pt"}),
        ("Géorgie", {"fr"}),
        ("georgie", {"fr"}),
        # names of actors and countries in every language
        ("Irán", {"tankers"}),
        ("Iran", {"tankers"}),
        ("Rusia", {"es"}),
        ("Russie", {"es"}),
        ("Brésil", {"treaty"}),
        ("Brasil", {"treaty"}),
        ("Kuba", {"de"}),
        ("Cuba", {"tanker", "de"}),
        ('"Estados Unidos"', {"treaty"}),
        ("oil -Irán", {"tanker"}),
        ("Iranian satellite", {"tankers"}),
        ("iraníes", {"tankers"}),
        # abbreviations, hyphens, digits, slashes
        ("U.S.", {"us", "treaty"}),
        ("US", {"us", "treaty"}),
        ("USA", {"treaty"}),
        ("EP-FAB", {"us"}),
        ("ep-fab", {"us"}),
        ("COVID-19", {"us"}),
        ("covid", {"us"}),
        ('"covid 19"', {"us"}),
        ("S-400", {"us"}),
        ("C-802A", {"case"}),
        ("802A", {"case"}),
        ("AMIA", {"case"}),
        ("Nisman/AMIA", {"case"}),
        ("state-run", {"case"}),
        ("Gazette zebra", {"markup"}),
        # only exclusions
        ("-oil -sanctions -the -sanción -navio -pétrolier", {"treaty", "de", "markup"}),
        ('-"oil tanker" -satellite zebra', {"markup"}),
    ],
)
async def test_finds(texts: httpx.AsyncClient, q: str, names: set[str]) -> None:
    assert await found(texts, q) == names


@pytest.mark.parametrize("q", ["...", "-", "--", "OR", "OR OR", '""', '-""', " ", "¿?", '"-"', ""])
async def test_a_query_without_a_word_is_refused(texts: httpx.AsyncClient, q: str) -> None:
    assert await refusal(texts, q=q) == ("q", "holds no word to search for")


async def test_a_query_may_be_long_but_not_too_long(texts: httpx.AsyncClient) -> None:
    assert await found(texts, " OR ".join(["zebra"] * 32)) == {"markup"}
    assert await refusal(texts, q=" ".join(["zebra"] * 33)) == ("q", "at most 32 words and phrases")
    assert await found(texts, "z" * 500) == set()
    name, reason = await refusal(texts, q="z" * 501)
    assert name == "q" and "500" in reason
    assert (await texts.get("/v1/events", params={"q": "z" * 10_000})).status_code == 414


async def test_nul_and_broken_text_are_refused(texts: httpx.AsyncClient) -> None:
    for q in ("%00", "a%00b", "%ff", "%ed%a0%80"):
        answer = await texts.get(f"/v1/events?q={q}")
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"


TEXT = st.text(max_size=200) | st.lists(
    st.sampled_from(
        [
            "oil",
            "-oil",
            '"',
            '"a b"',
            '-"',
            "OR",
            "-",
            "the",
            "ção",
            "U.S.",
            "a:*",
            "!",
            "&",
            "|",
            "<->",
            "(",
            "'",
            "\\",
        ]
    ),
    max_size=20,
).map(" ".join)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(q=TEXT)
async def test_no_text_is_an_error_of_the_service(texts: httpx.AsyncClient, q: str) -> None:
    try:
        q.encode()
    except UnicodeEncodeError:
        return
    params = {"q": q, "sortby": "relevance", "highlights": "true"}
    answer = await texts.get("/v1/events", params=params)
    assert answer.status_code in (200, 400)
    if answer.status_code == 400 and "\0" not in q:
        assert answer.json()["errors"][0]["name"] == "q"


WORDS = ["alfa", "bravo", "carlo", "delta"]
TERMS = st.builds(
    Term,
    text=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join),
    phrase=st.just(True),
    excluded=st.booleans(),
) | st.builds(Term, text=st.sampled_from(WORDS), phrase=st.just(False), excluded=st.booleans())
ALTERNATIVES = st.lists(st.lists(TERMS, min_size=1, max_size=3), min_size=1, max_size=3)


def written(term: Term) -> str:
    text = f'"{term.text}"' if term.phrase else term.text
    return f"-{text}" if term.excluded else text


@given(alternatives=ALTERNATIVES)
def test_the_grammar_reads_what_was_written(alternatives: list[list[Term]]) -> None:
    q = " OR ".join(" ".join(map(written, terms)) for terms in alternatives)
    assert TextQuery.parse(q).alternatives == tuple(map(tuple, alternatives))


@pytest.fixture(scope="module")
async def combinations(texts: httpx.AsyncClient, module_url: str) -> list[str]:
    """Texts of all orders of up to three of four words, stored beside the others from id 1,000 on."""
    summaries = [" ".join(words) for n in (1, 2, 3) for words in itertools.permutations(WORDS, n)]
    async with Database(module_url, pool_size=1) as database:
        await write(
            database,
            {1_000 + n: event(text, text_language="xx") for n, text in enumerate(summaries)},
        )
    return summaries


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(alternatives=ALTERNATIVES)
async def test_boolean_logic_agrees_with_a_reading_by_hand(
    texts: httpx.AsyncClient, combinations: list[str], alternatives: list[list[Term]]
) -> None:
    def holds(term: Term, summary: str) -> bool:
        return (f" {term.text} " in f" {summary} ") != term.excluded

    expected = {
        1_000 + number
        for number, summary in enumerate(combinations)
        if any(all(holds(term, summary) for term in terms) for terms in alternatives)
    }
    q = " OR ".join(" ".join(map(written, terms)) for terms in alternatives)
    assert {number for number in await ids(texts, q=q) if number >= 1_000} == expected


async def test_relevance_puts_the_denser_text_first_and_pages_without_loss(
    demo: httpx.AsyncClient,
) -> None:
    q = "Zarif OR Iran OR vaccine"
    whole = await items(demo, q=q, sortby="relevance", limit=100)
    assert len(whole) > 20
    paged = await pages(demo, q=q, sortby="relevance", limit=3)
    assert [item for page in paged for item in page] == whole
    backwards = await items(demo, q=q, sortby="+relevance", limit=100)
    assert [item["id"] for item in backwards] != [item["id"] for item in whole]
    for both in await items(demo, q="missile video", sortby="relevance", limit=2):
        assert "missile" in both["summary"] and "video" in both["summary"]


async def test_relevance_needs_words(demo: httpx.AsyncClient) -> None:
    assert await refusal(demo, sortby="relevance") == ("sortby", "relevance needs a q")


@pytest.mark.parametrize(
    ("q", "highlight"),
    [
        ("satellite", "Two tankers carry oil; a <mark>satellite</mark> watches."),
        ("carries TANKER", "Two <mark>tankers</mark> <mark>carry</mark> oil; a satellite watches."),
        (
            '"tankers carry"',
            "Two <mark>tankers</mark> <mark>carry</mark> oil; a satellite watches.",
        ),
        ("Iran -navio", "Two tankers carry oil; a satellite watches."),
        ("two oil -zebra", "<mark>Two</mark> tankers carry <mark>oil</mark>; a satellite watches."),
    ],
)
async def test_highlights_mark_what_was_met(
    texts: httpx.AsyncClient, q: str, highlight: str
) -> None:
    found = await items(texts, q=q, id=IDS["tankers"], highlights="true")
    assert [item["highlight"] for item in found] == [highlight]


async def test_highlights_are_escaped_html(texts: httpx.AsyncClient) -> None:
    [item] = await items(texts, q="zebra script -nothing", highlights="true")
    assert item["highlight"] == (
        "&lt;<mark>script</mark>&gt;alert('x')&lt;/<mark>script</mark>&gt; &amp; "
        '&lt;b&gt;bold&lt;/b&gt; "quotes" <mark>zebra</mark>'
    )


async def test_highlights_of_only_exclusions_mark_nothing(texts: httpx.AsyncClient) -> None:
    for item in await items(texts, q="-zebra", highlights="true"):
        assert "<mark>" not in item["highlight"]


@given(text=st.text(), words=st.sets(st.text(min_size=1)))
def test_marks_add_nothing_but_marks(text: str, words: set[str]) -> None:
    marked = mark_html(text, words | set(text.split()))
    assert unescape(re.sub("</?mark>", "", marked)) == unescape(escape(text, quote=False))
    assert "<" not in re.sub("</?mark>", "", marked)
