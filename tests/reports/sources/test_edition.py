"""The edition reader on texts written for it: every oddity that real editions show."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports.sources.edition import Edition, read_edition

PUBLISHED = date(2021, 1, 20)


def read(text: str, published_on: date = PUBLISHED) -> Edition:
    return read_edition(text, published_on)


NARRATIVE_IRAN = (
    "Iran kept its envoys busy this month, and Tehran signed a string of papers with "
    "partners in the region, while an Iranian carrier flew west twice more."
)
NARRATIVE_RUSSIA = (
    "Russia answered with promises of its own, since Moscow wants ports, votes and "
    "buyers for its vaccine before another winter passes over the Kremlin."
)
OVERVIEW = (
    "The month opened quietly in the hemisphere, but three capitals moved at once and "
    "the pattern of earlier years came back into view for every observer."
)

WEB = f"""{OVERVIEW}

\u00a0

MUST READS:

PAPERS OF THE MONTH

  • TREASURY: A notice on a shipping firm
  • U.S. EMBASSY IN LIMA: A visit on January 4-5

{NARRATIVE_IRAN}

  • State media reports an envoy opened a cultural house in Quito. –\u00a0Mehr News on 12-JAN
  • A tanker – the third this year – left Bandar Abbas\u00a0– Merco Press 31-DEC (content in Spanish)

HEZBOLLAH

  • A court in Lima heard two witnesses. – The Jerusalem Post on 05-JAN\u00a0

{NARRATIVE_RUSSIA}

  • A minister flew to Managua. – TASS on 28-SEPT

Disclaimer: a limited amount of state media is used and every such item carries a printed mark.

Leave a Reply

Your email address will not be published.

  • A stray line that nobody should read. – Reuters on 03-JAN
"""


def test_whole_edition() -> None:
    edition = read(WEB)
    assert edition.refusal is None
    assert [(item.block, item.subheading) for item in edition.items] == [
        ("Iran", None),
        ("Iran", None),
        ("Hezbollah", "HEZBOLLAH"),
        ("Russia", None),
    ]
    assert [item.published_on for item in edition.items] == [
        date(2021, 1, 12),
        date(2020, 12, 31),
        date(2021, 1, 5),
        date(2020, 9, 28),
    ]
    assert [item.outlet for item in edition.items] == [
        "Mehr News",
        "Merco Press",
        "The Jerusalem Post",
        "TASS",
    ]
    assert [item.content_language for item in edition.items] == [None, "es", None, None]
    assert [item.state_media_marked for item in edition.items] == [True, False, False, False]
    assert edition.items[1].summary == "A tanker – the third this year – left Bandar Abbas"
    assert edition.items[2].parent_block == "Iran"
    assert [(must.agency, must.title) for must in edition.must_reads] == [
        ("TREASURY", "A notice on a shipping firm"),
        ("U.S. EMBASSY IN LIMA", "A visit on January 4-5"),
    ]
    assert [(part.kind, part.block) for part in edition.sections] == [
        ("overview", None),
        ("narrative", "Iran"),
        ("narrative", "Russia"),
        ("disclaimer", None),
    ]
    assert not edition.rejects


PDF = """IRAN
Iran moved fast this month and its envoys crossed the region in a week,
while an Iranian carrier came back to a runway that it had used before.
Tehran calls it trade and nothing else, and yet the papers that were signed
speak of ships, of drones and of a yard where both could be built one day.
A minister landed in La Paz and promised credits for a lithium plant in the
south - the first of its kind - in a short ceremony. - La Razón on
11-JAN (content in Spanish)
• The navy said that two vessels would cross the Atlantic and call at a gov-
ernment port before the end of the
VRIC MONITOR | January 2021
3

spring. - USNI News on 09-JAN
• A state-
owned bank opened a branch. - Asharq Al-
Awsat on 08-JAN
- A fourth line with a plain dash as its bullet. - Reuters on 07-JAN
"""


def test_wrapped_text_with_footers_and_lost_bullet() -> None:
    edition = read(PDF)
    assert [item.outlet for item in edition.items] == [
        "La Razón",
        "USNI News",
        "Asharq Al-Awsat",
        "Reuters",
    ]
    first, second, third, _ = edition.items
    assert first.line == 6
    assert first.summary.startswith("A minister landed in La Paz")
    assert first.content_language == "es"
    assert second.summary.endswith("call at a government port before the end of the spring.")
    assert third.summary == "A state-owned bank opened a branch."
    assert {item.block for item in edition.items} == {"Iran"}


@pytest.mark.parametrize("bullet", ["•", "·", "▪", "●", "-", "*", "–", "\uf0b7"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_bullets_and_newlines(bullet: str, newline: str) -> None:
    text = newline.join(
        [
            "\ufeffCHINA",
            f"{bullet} One thing happened. — Xinhua on 2-ENE",
            "",
            f"{bullet} Two – AP on 3-FEV",
        ]
    )
    assert [item.summary for item in read(text).items] == ["One thing happened.", "Two"]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("17-NOV", date(2020, 11, 17)),
        ("25-SEPT", date(2020, 9, 25)),
        ("25-Sep.", date(2020, 9, 25)),
        ("01-ENE", date(2021, 1, 1)),
        ("30-AGO", date(2020, 8, 30)),
        ("05-déc.", date(2020, 12, 5)),
        ("05-out", date(2020, 10, 5)),
        ("21-JAN", date(2020, 1, 21)),
        ("20-JAN", date(2021, 1, 20)),
        ("29-FEB", date(2020, 2, 29)),
        ("12 de noviembre de 2020", date(2020, 11, 12)),
        ("NOV-12", date(2020, 11, 12)),
        ("12-NOV-2019", date(2019, 11, 12)),
    ],
)
def test_dates(printed: str, expected: date) -> None:
    edition = read(f"• A thing was done in a place. – Reuters on {printed}")
    assert [item.published_on for item in edition.items] == [expected]
    assert edition.items[0].outlet == "Reuters"


@pytest.mark.parametrize(
    "printed", ["31-NOV", "00-JAN", "45-MAR", "30-FEB", "12-FOO", "1-FEB-2021"]
)
def test_impossible_dates_are_rejected_with_their_line(printed: str) -> None:
    edition = read(f"\n• Good. – AP on 2-JAN\n• A thing was done. – Reuters on {printed}\n")
    assert len(edition.items) == 1
    assert [reject.line for reject in edition.rejects] == [3]
    assert printed.split("-")[1] in edition.rejects[0].reason


@pytest.mark.parametrize(
    ("mark", "language"),
    [
        ("(content in Portuguese)", "pt"),
        ("(Content in French)", "fr"),
        ("(contenido en español)", "es"),
        ("[content in Spanish]", "es"),
        ("(in Spanish)", "es"),
    ],
)
def test_content_marks(mark: str, language: str) -> None:
    (item,) = read(f"• A thing. – Folha de S.Paulo on 2-JAN {mark}").items
    assert (item.content_language, item.outlet) == (language, "Folha de S.Paulo")


LISTING = """Publications
• VRIC Monitor, January: our analysts look at a busy month in the region. Read more
• VRIC Monitor, December: what the year's end brought to the region. Read more
Older posts
"""
EVENT = """Join us for a webinar on the region. Speakers:
• Jane Doe, a professor of history at a large university
• John Roe, who served for years as an envoy abroad
Agenda
• 10:00 Opening remarks by the host of the evening and others
Register here
"""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        (" \n\ufeff\n", "empty"),
        ("%PDF-1.7\n%âãÏÓ\n1 0 obj", "PDF"),
        ("PK\x03\x04\x14\x00\x06\x00" * 50, "binary"),
        ("abc\x00def", "binary"),
        (LISTING, "listing"),
        (EVENT, "announcement"),
        ("Just a letter.\n\nWith two lines.", "no items"),
    ],
)
def test_other_texts_give_no_item_and_a_reason(text: str, word: str) -> None:
    edition = read(text)
    assert edition.items == () and edition.must_reads == () and edition.sections == ()
    assert edition.refusal is not None and word in edition.refusal


PIECES = st.sampled_from(
    [
        "• ", " – ", " - ", "Reuters on 17-NOV", "on 31-FEB", "(content in Spanish)", "\n", "\n\n",
        "MUST READS:", "IRAN", "Disclaimer:", "Leave a Reply", "\u00a0", "Page 3", "gov-", "29-FEB",
        "A minister went to a town and signed a paper.", "99-XYZ", "•", "–", "JUSTICE: A title",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES).map("".join)), st.dates())
def test_never_raises(text: str, published_on: date) -> None:
    edition = read_edition(text, published_on)
    assert (edition.refusal is None) == bool(edition.items)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for item in edition.items:
        assert item.published_on <= published_on and 1 <= item.line <= lines
        assert item.summary.strip() and item.outlet.strip()
    assert all(1 <= reject.line <= lines for reject in edition.rejects)


def test_stays_linear_on_hostile_text() -> None:
    text = "• " + "– a - " * 60_000 + "\n" + "• x" * 20_000 + "\n" + "word " * 60_000
    assert read(text).items == ()


WRAPPED = """VRIC MONITOR | MARCH 2021    WWW.EXAMPLE.ORG
IRAN
Two ships and a loan.
• El ministro abrió una oficina de comercio en la capital de un país vecino. – Infobae on
03-MAR (content in
Spanish)
• Le ministre a reçu son homologue, venu d'une île voisine pour une visite de deux jours
VRIC MONITOR | MARCH 2021    WWW.EXAMPLE.ORG
que personne n'avait annoncée. – RFI on 02-MAR (content in
French)
• El banco prestó tres millones a la empresa que administra el puerto del norte. – EFE on
01-MAR (content in
Spanish)
• La flota salió del puerto al amanecer, con dos buques más que el año pasado. – EFE on
01-MAR (content in
Spanish)
"""


def test_wrapped_remainders_are_no_furniture_and_footers_no_dates() -> None:
    edition = read(WRAPPED, date(2021, 3, 18))
    assert [item.outlet for item in edition.items] == ["Infobae", "RFI", "EFE", "EFE"]
    assert [item.content_language for item in edition.items] == ["es", "fr", "es", "es"]
    assert "deux jours que personne" in edition.items[1].summary
    assert not edition.rejects
    assert [part.text for part in edition.sections] == ["Two ships and a loan."]


def test_mark_does_not_fuse_words_at_the_window() -> None:
    for length in range(150, 260):
        summary = "La " + "policía llegó y " * 20
        text = f"• {summary[:length].rstrip()} fin. – EFE on 02-MAR (content in Spanish)"
        (item,) = read(text, date(2021, 3, 18)).items
        assert item.summary == f"{summary[:length].rstrip()} fin."


def test_item_without_bullet_and_with_a_broken_end_is_reported() -> None:
    text = (
        "RUSSIA\n\nA ship left the port. – Reuters on 02-MAR (content in\n\n• B. – EFE on 01-MAR\n"
    )
    edition = read(text, date(2021, 3, 18))
    assert len(edition.items) == 1
    assert [reject.line for reject in edition.rejects] == [3]
