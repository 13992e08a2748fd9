"""Knows the headings of an edition: which block a heading opens, or a narrative is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MAIN_BLOCKS = ("Venezuela", "Bolivarian Network", "Iran", "Russia", "China")

_HEADINGS: tuple[tuple[str, str], ...] = (
    ("Bolivarian Network", r"bolivarian|bolivariana|bolivarien|\balba\b"),
    ("Iran", r"^(?:the |o |el |l )?ir[aã]n? (?:and|y|e|et|&) he[sz]bol"),
    ("Hezbollah", r"he[sz]bol+ah?|hizbul*ah|hizbol+ah"),
    ("Nisman/AMIA", r"nisman|\bamia\b"),
    ("Illegal fishing", r"illegal fishing|fishing|\biuu\b|pesca|peche"),
    ("Medical diplomacy", r"(?:medical|vaccine|health|covid)\W.*diploma|diploma\w* (?:medic|sanit)"
     r"|diploma\w* d\w+ vacun|medical diplomacy|vaccine|vacuna|vacina|vaccin"),
    ("Venezuela", r"^(?:the |maduro|regime |in )*venezuela(?:n|n regime)?$|^maduro regime$"),
    ("Iran", r"^(?:the |o |el |l |republic of |islamic )*ira[nn]?$|^islamic republic of iran$"),
    ("Russia", r"^(?:the |a |la )*(?:russia|rusia|russie|russian federation)$"),
    ("China", r"^(?:the |la |people s republic of )*(?:china|chine|prc)$"),
    ("Qatar", r"^(?:the |o |el |le )*(?:qatar|catar)$"),
    ("Turkey", r"^(?:turkey|turkiye|turquia|turquie)$"),
    ("Syria", r"^(?:la |a )*(?:syria|siria|syrie)$"),
    ("Belarus", r"^(?:belarus|bielorrusia|bielorrussia|bielorussie)$"),
    ("Cuba", r"^cuba$"),
    ("Nicaragua", r"^nicaragua$"),
    ("Bolivia", r"^bolivi[ae]$"),
)  # fmt: skip
_SUBJECTS = {
    "Venezuela": r"venezuel\w*|maduro|caracas|pdvsa",
    "Bolivarian Network": r"bolivarian\w*|bolivia\w*|nicaragu\w*|ortega|morales|arce|cuba\w*",
    "Iran": r"iran\w*|tehran|teheran|teera|zarif|rouhani|raisi|irgc",
    "Russia": r"russia\w*|rusia|rus[ao]s?|moscow|moscu|moscou|putin|kremlin|lavrov",
    "China": r"chin[aeo]s?|chinese|beijing|pekin|pequim|xi jinping|huawei|prc",
}
_MUST_READS = re.compile(
    r"^(?:vric )?must[- ]?reads?\b|^lecturas? (?:obligadas?|recomendadas?|imprescindibles?)"
    r"|^leituras? (?:obrigatorias?|recomendadas?)|^(?:a lire|lectures? recommandees?)"
)
_DISCLAIMER = re.compile(r"^(?:disclaimer|descargo|aviso legal|avertissement|isencao)\b")
_END = re.compile(
    r"^(?:deja (?:una respuesta|un comentario|tu comentario)|leave a (?:reply|comment)"
    r"|deixe (?:um|uma|o seu) |laisser? un commentaire|post a comment|cancel(?:ar)? (?:reply|resp)"
    r"|your e-?mail address will|tu direccion de correo|o seu endereco de e|votre adresse e"
    r"|follow (?:sfs|us)\b|contact us$|subscribe(?: to)?\b.{0,24}$|related (?:posts|articles)"
    r"|entradas relacionadas|post navigation|navegacion de entradas|share this\b|about (?:us|sfs)$"
    r"|about the vric\b.{0,20}$|siguenos|contactenos|suscribete)"
)
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Lower-case ASCII words of a heading, for comparing."""
    bare = text.lower()
    if not bare.isascii():
        bare = unicodedata.normalize("NFKD", bare)
        bare = "".join(char for char in bare if not unicodedata.combining(char))
    return re.sub(r"[^\w/.-]+", " ", bare.replace("’", " ").replace("'", " ")).strip(" .:-–—")


def find_block(heading: str) -> str | None:
    """The name of the block a known heading opens, None for a heading of no known block."""
    words = plain(heading)
    if not words or len(words) > 60:
        return None
    return next((name for name, pattern in _HEADINGS if re.search(pattern, words)), None)


def is_must_reads(heading: str) -> bool:
    """Whether a line is the heading of the must-reads."""
    return len(heading) <= 60 and _MUST_READS.search(plain(heading)) is not None


def is_disclaimer(text: str) -> bool:
    """Whether a line opens the disclaimer."""
    return _DISCLAIMER.search(plain(text[:60])) is not None


def is_end(line: str) -> bool:
    """Whether page furniture (comment form, follow and contact boxes) starts at this line."""
    return len(line) <= 120 and _END.search(plain(line)) is not None


def is_heading(line: str) -> bool:
    """Whether a line by itself reads like a heading: short, in capitals, or a known name."""
    if not 3 <= len(line) <= 70 or line[-1] in ".,;" or line.count(" ") > 9:
        return False
    letters = [char for char in line if char.isalpha()]
    if len(letters) < 3 or not re.search(r"[^\W\d_]{3}", line):
        return False
    if sum(char.isupper() for char in letters) * 10 >= len(letters) * 9:
        return True
    if is_must_reads(line):
        return True
    return len(line) <= 40 and line[0].isupper() and find_block(line) is not None


def name_heading(heading: str) -> str:
    """A block name for any heading: the known one, else the printed one in sentence case."""
    known = find_block(heading)
    if known:
        return known
    words = heading.strip(" :.-–—")
    return words.capitalize() if words.isupper() else words


def name_narrative(narrative: str, items: Sequence[str], taken: set[str]) -> str | None:
    """Which main block a narrative without a heading opens, from its words and its items."""
    words = plain(narrative)
    best, best_score = None, 0.0
    counts = {
        name: len(re.findall(rf"\b(?:{pattern})\b", words)) for name, pattern in _SUBJECTS.items()
    }
    total = sum(counts.values()) or 1
    folded = [plain(item) for item in items]
    for name, pattern in _SUBJECTS.items():
        if name in taken:
            continue
        hits = sum(1 for item in folded if re.search(rf"\b(?:{pattern})\b", item))
        score = counts[name] / total + (1.5 * hits / len(folded) if folded else 0.0)
        if score > best_score:
            best, best_score = name, score
    return best
