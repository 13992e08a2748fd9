"""Benign explanations of shared content: what a text, its credit or its object says of itself.

Agencies' copy is printed by many at once (EFE, AP, AFP), press releases go to all, a button writes
one sentence for everybody, fact-checkers quote what they refute. Each is told by its marks.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum


class Explanation(StrEnum):
    """Why accounts may share the same at once without acting together."""

    SYNDICATION = "syndication"
    PRESS_RELEASE = "press_release"
    SHARE_BUTTON = "share_button"
    DEBUNKING = "debunking"
    QUOTE = "quote"
    SAME_OWNER = "same_owner"
    SHARED_INTEREST = "shared_interest"


OF_CONTENT = tuple(Explanation)[:5]

_INITIALS = "EFE|AFP|AP|DPA|dpa|ANSA|UPI|TASS|RIA|PTI|ANI|IRNA|SANA|KCNA|AAP|ABI|IPS"
_NAMES = (
    "Associated Press|Reuters|Xinhua|Prensa Latina|Europa Press|Notimex|Télam|Telam|Bloomberg"
    "|Agência Brasil|Agencia Brasil|Lusa|Anadolu|Kyodo|Interfax|Sputnik|RIA Novosti|Tasnim"
    "|Agence France[- ]Presse|Agencia EFE|Press Association|PA Media|Colprensa|Agência Estado"
    "|Estadão Conteúdo|Folhapress"
)
_AGENCY = rf"(?:{_INITIALS}|{_NAMES})"
_CREDIT_WORDS = (
    r"(?i:fuente|source|fonte|cr[eé]ditos?|texto|con informaci[oó]n de|con datos de"
    r"|com informa[cç](?:õ|o)es d[aeo]s?|reporting by|by|por)"
)
_CLOSING_WORDS = (
    r"(?i:con|com|with|avec|v[ií]a|redacci[oó]n|reda[cç][aã]o|agencias?|ag[eê]ncias?|agences?)"
)
_ARTICLE = r"(?i:the |las? (?:agencias? )?|a (?:ag[eê]ncia )?|l['’](?:agence )?|agencias? )"
_SYNDICATION = re.compile(
    rf"[(\[](?:[^()\[\]\n]{{0,40}}[\s,/.-])?{_AGENCY}(?:[\s,/.-][^()\[\]\n]{{0,40}})?[)\]]"
    rf"|\b{_CREDIT_WORDS}\s*[:/]?\s*{_ARTICLE}?{_AGENCY}\b"
    rf"|\b{_CLOSING_WORDS}\s+{_ARTICLE}?@?{_AGENCY}\s*(?:\.|$)"
    rf"|^[^\n]{{0,60}}[,.\s]{_AGENCY}\s?(?:\.-|\.?\s?[—–-]|\.\s)"
    rf"|/\s?{_AGENCY}\s?/"
    rf"|^{_AGENCY}\s?(?:\.-|[—–:|/-])"
    rf"|^(?i:by|por|par)\s[^\n]{{2,60}},\s?{_AGENCY}\s*$"
    rf"|[—–/|©.\n-]\s?[#@]?{_AGENCY}\s*\.?\s*$",
    re.MULTILINE,
)
_PRESS_RELEASE = re.compile(
    r"/PRNewswire/|BUSINESS WIRE|GLOBE ?NEWSWIRE|PR Newswire|Business Wire|EIN Presswire"
    r"|(?i:for immediate release|press release|nota de prensa|comunicado de prensa"
    r"|comunicado à imprensa|nota à imprensa|communiqué de presse"
    r"|para (?:su )?(?:publicaci[oó]n|divulgaci[oó]n) inmediata|para divulga[cç][aã]o imediata)"
)
_SHARE_BUTTON = re.compile(
    r"(?i:https?://\S+\s+(?:v[ií]a|par|por|by|from)\s+@?\w+\s*$|(?:\bv[ií]a|\bpar)\s+@\w+\s*$"
    r"|\b(?:shared from|compartido desde|compartilhado (?:de|do|via)|partagé depuis)\b"
    r"|\bi just (?:signed|published|donated)\b|\bacabo de firmar\b|\bacabei de assinar\b)"
)
_REFUTES = re.compile(
    r"(?i:\b(?:es fals[oa]|is false|é fals[oa]|c['’]est faux|desm(?:entid|ient|int)\w*|debunk\w*"
    r"|no es (?:cierto|verdad)|não é verdade|engaños[oa]s?|enganos[oa]s?|misleading|trompeu\w+"
    r"|bulos?|boatos?|hoax\w*|infox)\b)"
)
_FACT_CHECKER = re.compile(
    r"(?i:\bfact[- ]?check\w*|\bverifica(?:do|mos|ción|ção)\b|chequead[oa]|factual|newtral|maldit[oa]"
    r"|snopes|politifact|cazadores|efecto cocuyo|esp[aá]ja|lupa\b|aos fatos|les décodeurs)"
)
_QUOTED = re.compile(r"[“«\"]([^”»\"]{20,})[”»\"]")
_NEWS_OBJECT = re.compile(
    r"(?i:^https?://(?:[\w-]+\.)*(?:efe\.com|apnews\.com|ap\.org|afp\.com|reuters\.com"
    r"|xinhuanet\.com|news\.cn|tass\.(?:ru|com)|dpa\.com|ansa\.it|prensa-latina\.cu|plenglish\.com"
    r"|europapress\.es|upi\.com|agenciabrasil\.ebc\.com\.br|lusa\.pt|aa\.com\.tr)(?:[/:?#]|$)"
    r"|^(?!https?:)(?:.*[^a-z])?(?:efe|afp|apnews|reuters|xinhua|tass|dpa|ansa|newswire|wire|wirecopy)"
    r"(?:[^a-z]|$))"
)
_RELEASE_OBJECT = re.compile(
    r"(?i:^https?://(?:[\w-]+\.)*(?:prnewswire\.\w+|businesswire\.com|globenewswire\.com)(?:[/:?#]|$))"
)
_AGENCY_NAME = re.compile(rf"^\s*{_AGENCY}\s*$", re.IGNORECASE)
_LOOKED_AT = 4_000


def of_text(text: str) -> frozenset[Explanation]:
    """The explanations that a text gives of itself; only its start and its end are looked at."""
    if len(text) > 2 * _LOOKED_AT:
        text = f"{text[:_LOOKED_AT]}\n{text[-_LOOKED_AT:]}"
    found = {name for name, pattern in _PATTERNS if pattern.search(text)}
    quoted = sum(len(quote) for quote in _QUOTED.findall(text))
    if quoted >= 0.6 * len(text) > 0:
        found.add(Explanation.QUOTE)
    # A campaign calls things false as well: a refutation quotes the claim or names who checked it.
    if _REFUTES.search(text) and (quoted or _FACT_CHECKER.search(text)):
        found.add(Explanation.DEBUNKING)
    return frozenset(found)


def of_object(name: str) -> frozenset[Explanation]:
    """The explanations that the name of an object (often a URL) gives."""
    if _RELEASE_OBJECT.search(name):
        return frozenset({Explanation.PRESS_RELEASE})
    return frozenset({Explanation.SYNDICATION}) if _NEWS_OBJECT.search(name) else frozenset()


def of_source(source: str) -> frozenset[Explanation]:
    """The explanation that a named source gives: an agency's name is syndication."""
    return frozenset({Explanation.SYNDICATION}) if _AGENCY_NAME.match(source) else frozenset()


def of_majority(votes: Iterable[frozenset[Explanation]], voters: int) -> frozenset[Explanation]:
    """The explanations that at least half of the contents of an object give."""
    counts: dict[Explanation, int] = {}
    for vote in votes:
        for one in vote:
            counts[one] = counts.get(one, 0) + 1
    return frozenset(one for one, count in counts.items() if 2 * count >= voters)


_PATTERNS: Sequence[tuple[Explanation, re.Pattern[str]]] = (
    (Explanation.SYNDICATION, _SYNDICATION),
    (Explanation.PRESS_RELEASE, _PRESS_RELEASE),
    (Explanation.SHARE_BUTTON, _SHARE_BUTTON),
)
