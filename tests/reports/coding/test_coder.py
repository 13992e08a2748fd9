"""The coder on sentences written for it, by the rules of the coding manual."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports.coding import CodedEvent, Coder, ItemText, to_dry_run_json

PUBLISHED = date(2023, 6, 15)  # a Thursday
DRY_RUN_KEYS = [
    "summary", "outlet", "published_on", "occurred_on", "occurred_until", "language",
    "state_media_marked", "actors", "countries", "category", "categories_also", "topics",
    "status", "place", "lat", "lon", "precision", "coding",
]  # fmt: skip


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder()


def code(coder: Coder, summary: str, block: str | None = None) -> CodedEvent:
    return coder.code(ItemText(summary, "Merco Press", PUBLISHED, block))


@pytest.mark.parametrize(
    ("summary", "actors", "countries"),
    [
        ("China’s envoy opened a school of music in Quito.", ["CN"], ["EC"]),
        ("The presidents of Iran and Nicaragua signed a pact in Managua.", ["IR", "NI"], ["NI"]),
        ("Chile’s Congress voted against a new tax.", [], ["CL"]),
        ("Venezuela’s central bank printed new notes.", ["VE"], ["VE"]),
        ("The United States imposed sanctions on Venezuela’s oil minister.", ["US"], ["VE"]),
        ("The police of Argentina arrested a man tied to Hezbollah.", ["HZB"], ["AR"]),
        ("Rusia venderá fertilizantes a Brasil.", ["RU"], ["BR"]),
        ("El Congreso de Perú aprobó el presupuesto.", [], ["PE"]),
        ("A Turquia abriu um consulado em Assunção.", ["TR"], ["PY"]),
        ("A China comprou uma mina no Chile.", ["CN"], ["CL"]),
        ("Des médecins cubains sont arrivés en Haïti.", ["CU"], ["HT"]),
        ("La Russie a livré du blé au Nicaragua.", ["RU"], ["NI"]),
    ],
)
def test_actors_and_countries(
    coder: Coder, summary: str, actors: list[str], countries: list[str]
) -> None:
    event = code(coder, summary)
    assert list(event.actors) == actors
    assert list(event.countries) == countries


@pytest.mark.parametrize(
    ("summary", "category"),
    [
        ("Iran’s foreign minister met his counterpart in Havana.", "diplomatic"),
        ("Brasil importó más petróleo de Rusia.", "economic"),
        ("Dois navios de guerra da Rússia chegaram a Havana para exercícios.", "military"),
        ("Une campagne de désinformation russe a visé le Mexique.", "informational"),
        ("Hezbollah was declared a terrorist organization in Panama.", "military"),
    ],
)
def test_category(coder: Coder, summary: str, category: str) -> None:
    assert code(coder, summary).category == category


@pytest.mark.parametrize(
    ("summary", "place", "precision", "has_point"),
    [
        ("A freighter from Iran unloaded at the Jose terminal.", "Jose terminal", "exact", True),
        ("Un avión ruso aterrizó en La Habana.", "Havana", "city", True),
        ("A shop was opened in La Paz, Bolivia, by a Chinese firm.", "La Paz", "city", True),
        ("Una planta china se abrirá en La Paz, Baja California Sur.", "La Paz", "city", True),
        ("China will build a road in the province of San Juan, Argentina.", "San Juan", "admin1",
         False),
        ("Moscow said that its trade with Brazil had grown.", None, "country", False),
        ("Protesters marched in Chile’s capital against a Chinese mine.", "Santiago", "city", True),
        ("A report on the border of Colombia and Venezuela was published.", None, "country", False),
    ],
)  # fmt: skip
def test_place(
    coder: Coder, summary: str, place: str | None, precision: str, has_point: bool
) -> None:
    event = code(coder, summary)
    assert (event.place, event.precision) == (place, precision)
    assert (event.lat is not None) == (event.lon is not None) == has_point


def test_namesakes_follow_their_country(coder: Coder) -> None:
    bolivia = code(coder, "A Russian firm builds a plant near Trinidad, Bolivia.")
    island = code(coder, "Venezuela will sell gas to Trinidad and Tobago.")
    mexico = code(coder, "Una fábrica china abrirá en La Paz, Baja California Sur.")
    assert bolivia.countries == ("BO",)
    assert "TT" in island.countries
    assert mexico.countries == ("MX",)


def test_phrases_that_only_look_like_states(coder: Coder) -> None:
    event = code(coder, "American Airlines and the Washington Post wrote to the Lima Group.")
    assert event.actors == () and event.countries == () and event.precision == "country"


@pytest.mark.parametrize(
    ("summary", "status"),
    [
        ("China will build a port in Peru.", "planned"),
        ("Rusia construirá un reactor en Bolivia.", "planned"),
        ("The Kremlin denied that it had sent troops to Cuba.", "denied"),
        ("Iran was accused of spying in Chile, allegedly with drones.", "alleged"),
        ("Cuba and China signed a treaty.", "confirmed"),
    ],
)
def test_status(coder: Coder, summary: str, status: str) -> None:
    assert code(coder, summary).status == status


def test_dry_run_has_the_documented_keys_and_types(coder: Coder) -> None:
    item = ItemText(
        "State media reports Iran opened a bank in Caracas on June 1.",
        "Merco Press", PUBLISHED, "Iran", None, "es", True,
    )  # fmt: skip
    row = to_dry_run_json(coder.code(item))
    assert list(row) == DRY_RUN_KEYS
    assert row["outlet"] == "Mercopress"
    assert row["language"] == "es" and row["state_media_marked"] is True
    assert row["occurred_on"] == "2023-06-01" and row["occurred_until"] is None
    assert row["place"] == "Caracas" and isinstance(row["lat"], float)
    coding = row["coding"]
    assert isinstance(coding, dict)
    for field in ("actors", "countries", "category", "topics", "status", "place", "occurred_on"):
        assert coding[field]["by"] in ("rule", "model")
        assert coding[field]["evidence"]


def test_evidence_stands_in_the_item(coder: Coder) -> None:
    event = code(coder, "Huawei y la Universidad de Chile abrieron un laboratorio en Santiago.")
    for decision in event.coding.values():
        for words in decision.evidence:
            assert words in event.summary or words.startswith("[")


def test_unknown_outlet_stays_as_printed(coder: Coder) -> None:
    event = coder.code(ItemText("A thing.", "El Faro de Nowhere", PUBLISHED))
    assert event.outlet == "El Faro de Nowhere"


def test_loads_and_codes_fast() -> None:
    started = time.perf_counter()
    coder = Coder()
    for _ in range(100):
        code(coder, "Iran’s foreign minister arrived in Caracas on Tuesday for talks on oil.")
    assert time.perf_counter() - started < 5.0  # about 0.3 s on an idle machine


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(min_size=1),
        st.lists(
            st.sampled_from(
                ["China", "Cuba’s", "U.S.", "la", "San", "on", "31", "February", "capital", "(",
                 "Paz", ",", "según", "Sputnik V", "EE. UU.", "será", "–", "Hezbollah", "a", "de"]
            ),
            min_size=1,
        ).map(" ".join),
    )
)  # fmt: skip
def test_never_raises(summary: str) -> None:
    event = code(_CODER, summary)
    assert event.category in ("diplomatic", "informational", "military", "economic")
    assert len(set(event.actors)) == len(event.actors)
    assert len(set(event.countries)) == len(event.countries)


_CODER = Coder()


@pytest.mark.parametrize(
    ("summary", "category"),
    [
        ("Peru’s president met Xi Jinping in Beijing to talk of copper and trade.", "diplomatic"),
        ("Police in Lima arrested ten members of the Tren de Aragua.", "diplomatic"),
        ("Medios estatales informan que el canciller ruso llegó a La Habana.", "diplomatic"),
        ("La Armada rusa envió una fragata a La Habana.", "military"),
    ],
)
def test_the_act_outranks_its_goods(coder: Coder, summary: str, category: str) -> None:
    assert coder.code(ItemText(summary, "EFE", PUBLISHED)).category == category


def test_currency_and_long_names_of_places(coder: Coder) -> None:
    event = coder.code(ItemText("A BYD vai investir US$ 3 milhões em Recife.", "G1", PUBLISHED))
    assert (event.actors, event.countries) == (("CN",), ("BR",))
    raid = "La policía irrumpió en la embajada de México en Quito."
    place = coder.code(ItemText(raid, "EFE", PUBLISHED))
    assert place.precision == "exact"
    assert set(place.countries) == {"EC", "MX"}
