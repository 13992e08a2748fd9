"""Every filter, alone and combined, on every surface, against a plain reading of the documents."""

from collections import Counter
from datetime import date
from itertools import pairwise

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.events.oracle import (
    FACETS,
    VALUES,
    Document,
    Filters,
    day,
    expected,
    filters_over,
    meets,
)
from tests.events.samples import EVENTS, ids, items

PROPERTY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="session")
async def documents(demo: httpx.AsyncClient) -> list[Document]:
    """All demo events."""
    return await items(demo, limit=100)


@PROPERTY
@given(data=st.data())
async def test_the_list_holds_what_passes_all_filters(
    demo: httpx.AsyncClient, documents: list[Document], data: st.DataObject
) -> None:
    filters = data.draw(filters_over(documents))
    wanted = expected(documents, filters)
    assert await ids(demo, **filters) == wanted
    commas = {k: ",".join(v) if isinstance(v, list) else v for k, v in filters.items()}
    answer = (await demo.get(EVENTS, params={**commas, "limit": 100, "count": "exact"})).json()
    assert {item["id"] for item in answer["items"]} == wanted
    assert answer["meta"]["matched"] == answer["returned"] == len(wanted)
    assert ("hints" in answer["meta"]) == (not wanted)


@PROPERTY
@given(data=st.data())
async def test_facets_count_what_passes_all_other_filters(
    demo: httpx.AsyncClient, documents: list[Document], data: st.DataObject
) -> None:
    filters = data.draw(filters_over(documents))
    facets = await items(demo, f"{EVENTS}/facets", values=500, **filters)
    assert [facet["facet"] for facet in facets] == [*FACETS, "year"]
    for facet in facets:
        name = facet["facet"]
        others = {k: v for k, v in filters.items() if k != name}
        passing = [d for d in documents if meets(d, others)]
        values = VALUES.get(name, lambda d: [d["published_on"][:4]])
        counts = Counter(v for d in passing for v in set(values(d)) if v is not None)
        assert {v["value"]: v["count"] for v in facet["values"]} == counts
        order = [(-v["count"], v["value"]) for v in facet["values"]]
        assert order == sorted(order)


def dated(filters: Filters) -> bool:
    return not filters.get("datetime", "..").startswith("..")


@PROPERTY
@given(data=st.data())
async def test_the_timeline_counts_what_passes_all_filters(
    demo: httpx.AsyncClient, documents: list[Document], data: st.DataObject
) -> None:
    filters = data.draw(filters_over(documents))
    basis = filters.get("date_basis", "published")
    passing = [d for d in documents if meets(d, filters) and d[f"{basis}_on"] is not None]
    split = data.draw(st.sampled_from([None, *FACETS]))
    interval = data.draw(st.sampled_from(["day", "week", "month", "year"]))
    params = {**filters, "interval": interval, **({"split": split} if split else {})}
    periods = await items(demo, f"{EVENTS}/timeline", **params)
    assert sum(period["count"] for period in periods) == len(passing)
    window = day(filters["datetime"].partition("/")[0]) if dated(filters) else date.min
    days = [max(day(d[f"{basis}_on"]), window) for d in passing]
    for period in periods:
        within = [d for d in days if day(period["start"]) <= d <= day(period["end"])]
        assert period["count"] == len(within)
    for earlier, later in pairwise(periods):
        assert (day(later["start"]) - day(earlier["end"])).days == 1
    if split:
        totals: Counter[str] = Counter()
        for period in periods:
            totals.update(period["split"])
        counts = Counter(v for d in passing for v in set(VALUES[split](d)) if v is not None)
        assert +totals == counts


@PROPERTY
@given(data=st.data())
async def test_correlations_measure_what_passes_all_filters(
    demo: httpx.AsyncClient, documents: list[Document], data: st.DataObject
) -> None:
    filters = data.draw(filters_over(documents))
    basis = filters.get("date_basis", "published")
    passing = [
        d
        for d in documents
        if meets(d, filters) and d[f"{basis}_on"] and d["actors"] and d["countries"]
    ]
    answer = await demo.get(f"{EVENTS}/correlations", params=filters)
    assert answer.status_code == 200, answer.text
    assert answer.json()["meta"]["events"] == len(passing)
