"""Words of dates in English, Spanish, Portuguese and French."""

from __future__ import annotations

import re

from app.reports.coding.text import fold

_MONTH_NAMES = (
    "january enero janeiro janvier jan",
    "february febrero fevereiro février feb",
    "march marzo março mars",
    "april abril avril",
    "may mayo maio mai",
    "june junio junho juin",
    "july julio julho juillet",
    "august agosto août aug",
    "september septiembre setiembre setembro septembre sept sep",
    "october octubre outubro octobre oct",
    "november noviembre novembro novembre nov",
    "december diciembre dezembro décembre dec",
)
MONTHS = {
    fold(name): number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()
}
_SPELLINGS = sorted(
    {s for names in _MONTH_NAMES for name in names.split() for s in (name, fold(name))},
    key=len,
    reverse=True,
)
MONTH = "(?:" + "|".join(_SPELLINGS) + ")"
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er|º|°|ª)?"

_WEEKDAY_NAMES = (
    "monday lunes segunda-feira lundi",
    "tuesday martes terça-feira mardi",
    "wednesday miércoles miercoles quarta-feira mercredi",
    "thursday jueves quinta-feira jeudi",
    "friday viernes sexta-feira vendredi",
    "saturday sábado sabado samedi",
    "sunday domingo dimanche",
)
WEEKDAYS = {
    fold(name): number for number, names in enumerate(_WEEKDAY_NAMES) for name in names.split()
}
_ALL_WEEKDAYS = "|".join(name for names in _WEEKDAY_NAMES for name in names.split())
WEEKDAY = re.compile(
    rf"\b(?:on |this |last |next |el |este |pasado |na |no |nesta |neste |ce |le )?"
    rf"({_ALL_WEEKDAYS})\b(?!s)",
    re.IGNORECASE,
)
RELATIVE_DAYS = (
    (re.compile(r"\b(?:yesterday|ayer|ontem|hier)\b", re.IGNORECASE), -1),
    (re.compile(r"\b(?:today|hoy|hoje|aujourd['’]hui)\b(?! \d)", re.IGNORECASE), 0),
    (re.compile(r"\b(?:tomorrow|amanhã|demain)\b", re.IGNORECASE), 1),
)
AWAY = (
    (re.compile(r"\b(?:last week|la semana pasada|na semana passada|la semaine dernière)\b",
                re.IGNORECASE), "week", -1),
    (re.compile(r"\b(?:next week|la próxima semana|na próxima semana|la semaine prochaine)\b",
                re.IGNORECASE), "week", 1),
    (re.compile(r"\b(?:last month|el mes pasado|no mês passado|le mois dernier)\b",
                re.IGNORECASE), "month", -1),
    (re.compile(r"\b(?:next month|el próximo mes|no próximo mês|le mois prochain)\b",
                re.IGNORECASE), "month", 1),
)  # fmt: skip
# a date right after these belongs to another event than the one told
BACKGROUND = re.compile(
    r"\b(?:before|after|since|until|till|ahead of|following|prior to|by|dated|of|antes (?:de|del)|"
    r"después (?:de|del)|tras|desde|hasta|previo a|depois d[eo]|antes d[eo]|até|após|avant|après|"
    r"depuis|jusqu['’]au|dès|founded|born|election[s]? of|the)\s+(?:the |el |las? |los |o |a |le )?$",
    re.IGNORECASE,
)
