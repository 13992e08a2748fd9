"""Clusters keep their ids while texts come and go."""

from typing import Any

from app.forensics.narratives.clusters import clusters_of

Records = list[dict[str, Any]]


def _records(**chains: str) -> Records:
    """Chains named by keyword, each of the texts named by letters."""
    return [
        {"chain_id": name, "id": id_, "published_at": f"2026-01-01T00:00:{i:02}Z"}
        for name, ids in chains.items()
        for i, id_ in enumerate(ids)
    ]


def _ids(*versions: Records) -> dict[str, str]:
    """The ids of the clusters of the last version, with their texts."""
    return {one.id: "".join(str(link["id"]) for link in one.links) for one in clusters_of(versions)}


def test_one_version_has_the_ids_of_its_chains() -> None:
    assert _ids(_records(c1="abc", c2="de")) == {"c1": "abc", "c2": "de"}
    assert _ids() == _ids([]) == {}


def test_an_earlier_origin_that_turns_up_changes_no_id() -> None:
    before, after = _records(c1="abc"), _records(c0="zabc", c9="xy")
    assert _ids(before, after) == {"c1": "zabc", "c9": "xy"}
    assert _ids(before, after, _records(c8="yzab")) == {"c1": "yzab"}


def test_what_splits_keeps_its_id_where_most_of_it_is() -> None:
    assert _ids(_records(c1="abcde"), _records(c1="ab", c3="cde")) == {"c1-2": "ab", "c1": "cde"}


def test_what_joins_has_the_id_of_the_larger() -> None:
    assert _ids(_records(c1="ab", c2="cde"), _records(c1="abcde")) == {"c2": "abcde"}


def test_ids_are_never_given_twice() -> None:
    found = clusters_of([_records(c1="abcd", c2="ef"), _records(c2="abef", c1="cd", c3="gh")])
    assert len({one.id for one in found}) == len(found) == 3
