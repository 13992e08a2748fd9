"""What is shown of corpora, their uploads and posts."""

from typing import Any

import orjson

from app.core.db import Row
from app.events.schemas import Link
from app.forensics.corpora.models import Corpus, CorpusUpload
from app.forensics.corpora.schemas import PATH, CorpusShown, PostShown, UploadShown
from app.plans import Plan


def corpus_shown(corpus: Corpus, plan: Plan) -> CorpusShown:
    """A corpus as it is now."""
    own = f"{PATH}/{corpus.name}"
    return CorpusShown(
        name=corpus.name,
        posts=corpus.post_count,
        posts_cap=plan.posts_per_corpus,
        published=corpus.published_at is not None,
        created_at=corpus.created_at,
        updated_at=corpus.updated_at,
        links=[Link(rel="self", href=own), Link(rel="items", href=f"{own}/posts")],
    )


def upload_shown(upload: CorpusUpload) -> UploadShown:
    """The record of a run."""
    return UploadShown.model_validate({**upload.model_dump(), "id": str(upload.id)})


def post_shown(row: Row) -> dict[str, Any]:
    """A post from its row."""
    post = {**row, "id": row["post_id"], "links": orjson.loads(row["links"])}
    shown: dict[str, Any] = PostShown.model_validate(post).model_dump(mode="json")
    return shown
