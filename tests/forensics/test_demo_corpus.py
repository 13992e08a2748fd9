"""The demo corpus: texts repeat each other where that was planted, and nowhere else."""

import shutil
from collections import Counter, defaultdict
from typing import Any

import pytest

from app.forensics.analysis.chains import Link, Post, find_chains
from app.forensics.analysis.language import identify
from app.forensics.analysis.near_duplicates import find_near_duplicates
from app.forensics.demo.corpus import MAINSTREAM, demo_posts
from app.forensics.engines import engine_named

PLANTED = ("pushed0-", "story-", "tale/")


def _page(post: dict[str, Any]) -> str:
    page: str = post["urls"][0].removeprefix("https://example.org/")
    return "tale/" if page.startswith("tale/") else page


@pytest.mark.parametrize("campaign", [True, False])
def test_texts_repeat_each_other_only_where_it_was_planted(campaign: bool) -> None:
    posts = list(demo_posts(campaign=campaign))
    found = find_near_duplicates([post["text"] for post in posts])
    pairs = [(_page(posts[a]), _page(posts[b])) for a, b in zip(found.a, found.b, strict=True)]
    assert all(one == other and one.startswith(PLANTED) for one, other in pairs)
    assert bool(pairs) == campaign


def test_another_seed_is_as_lively() -> None:
    texts = [post["text"] for post in demo_posts(campaign=False, seed=4)]
    assert len(find_near_duplicates(texts)) < 5
    assert not set(texts) & {post["text"] for post in demo_posts(campaign=False)}


def test_posts_are_marked_and_in_the_language_that_they_name() -> None:
    posts = list(demo_posts())
    assert all(post["synthetic"] is True and post["platform"] == "synthetic" for post in posts)
    assert all("{" not in post["text"] for post in posts)
    spoken = Counter(post["language"] for post in posts)
    assert set(spoken) == {"en", "es", "fr", "pt"} and min(spoken.values()) > 500
    right = [identify(post["text"])[0] == post["language"] for post in posts[::20]]
    assert sum(right) / len(right) > 0.95


@pytest.mark.skipif(shutil.which("apertium") is None, reason="no Apertium here")
def test_one_story_crosses_languages() -> None:
    made = list(demo_posts())
    texts = [post["text"] for post in made]
    posts = [
        Post(post["published_at"], number, post["language"], post["account"], post["account"] == MAINSTREAM)
        for number, post in enumerate(made)
    ]  # fmt: skip
    across = engine_named("apertium").match(texts, [post.language for post in posts])
    stories: dict[str, list[Link]] = defaultdict(list)
    for link in find_chains(posts, find_near_duplicates(texts), across):
        stories[link.chain_id].append(link)
    told = Counter(_page(made[links[0].post]).rstrip("0123456789") for links in stories.values())
    assert told == {"pushed0-": 8, "story-": 29, "tale/": 1}
    (tale,) = (
        links
        for links in stories.values()
        if len({posts[link.post].language for link in links}) > 1
    )
    assert [(posts[link.post].account, link.kind, link.stage) for link in tale] == [
        ("fringe-0", "origin", "placement"),
        ("fringe-1", "copypasta", "layering"),
        ("fringe-2", "rewording", "layering"),
        ("fringe-3", "translation", "layering"),
        ("fringe-4", "translation", "layering"),
        (MAINSTREAM, "translation", "integration"),
    ]
