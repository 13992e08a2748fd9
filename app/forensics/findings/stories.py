"""Stories out of the links of chains: where one began, who took it up, how far it came, its bursts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from app.forensics.analysis.bursts import find_bursts
from app.forensics.analysis.chains import Stage
from app.forensics.findings.document import BurstOfTexts, FirstSeen, LanguageShare, Story

Link = Mapping[str, Any]
"""A record of a finding of chains."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def story_of(links: Sequence[Link]) -> Story:
    """The story that the links of one chain tell, given in the order of time."""
    at = [datetime.fromisoformat(link["published_at"]) for link in links]
    first_of: dict[str, datetime] = {}
    for link, instant in zip(links, at, strict=True):
        first_of.setdefault(link["language"], instant)
    texts_in = Counter(link["language"] for link in links)
    reached = {link["stage"] for link in links}
    return Story(
        first_seen=FirstSeen(
            id=links[0]["id"],
            account=links[0]["account"],
            at=at[0],
            language=links[0]["language"],
        ),
        last_at=at[-1],
        texts=len(links),
        accounts=len({link["account"] for link in links}),
        languages=[
            LanguageShare(language=language, texts=texts_in[language], first_at=first)
            for language, first in first_of.items()
        ],
        kinds=dict(Counter(link["kind"] for link in links)),
        stage=[stage.value for stage in Stage if stage in reached][-1],
        bursts=_bursts_of(at),
    )


def _bursts_of(at: Sequence[datetime]) -> list[BurstOfTexts]:
    at_us = np.array([(one - _EPOCH) // timedelta(microseconds=1) for one in at], np.int64)
    return [
        BurstOfTexts(
            start_at=_EPOCH + timedelta(microseconds=one.start_us),
            end_at=_EPOCH + timedelta(microseconds=one.end_us),
            posts=one.posts,
            expected=round(one.expected, 3),
            p=one.p,
        )
        for one in find_bursts(at_us)
    ]
