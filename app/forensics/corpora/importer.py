"""Takes a file of posts into a corpus: batches of the reader, each committed as a whole."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field

import asyncpg

from app.core.db import Database
from app.forensics.corpora import repository, writer
from app.forensics.corpora.models import CorpusUpload
from app.forensics.corpora.spool import Spooled
from app.forensics.semantic.jobs import enqueue_indexing
from app.forensics.sources.posts import PostBatch, read_posts
from app.forensics.sources.tables import TableError
from app.ingest.files import LargeFile
from app.ingest.read_ahead import read_ahead
from app.ingest.rejects import Reject
from app.ingest.runner import MAX_RECORDED_REJECTS

PART = 10_000
"""Posts of one commit: what others of the same process wait for is some tens of milliseconds."""
MAX_REJECTS = 100_000
"""A file that has more of them than this, and than posts, is read no further."""
CONFLICT = "the id is there with another body; the first one was kept"
BROKEN_OFF = "the body broke off; nothing of it was taken in"
INTERRUPTED = "it was interrupted; what came before is there, and the same file adds the rest"
COUNTED = ("rows", "added", "known", "conflicts", "deleted", "rejected", "over_cap")

Progress = Callable[[Mapping[str, int]], None]


class CorpusGoneError(Exception):
    """The corpus was deleted while a file was taken in."""


@dataclass(slots=True)
class Tally:
    """What a file gave so far; of the rejects the first thousand are kept."""

    counts: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    unused_columns: list[str] = field(default_factory=list)

    def reject(self, rejected: Reject) -> None:
        if len(self.rejects) < MAX_RECORDED_REJECTS:
            self.rejects.append(rejected)

    def shown(self) -> dict[str, int]:
        """All counts by name."""
        return {name: self.counts[name] for name in COUNTED}


async def import_posts(
    database: Database,
    corpus_id: int,
    file: LargeFile | Spooled,
    columns: Mapping[str, str],
    cap: int | None,
    max_characters: int | None = None,
    progress: Progress | None = None,
) -> CorpusUpload:
    """Take the posts of a file in; the record of the run, whose `fault` tells why not all of it.

    What is committed stays when it ends early: the same file taken in again adds what is missing.
    Of a body that broke off nothing is taken in.

    Raises:
        CorpusGoneError: the corpus was deleted meanwhile.
    """
    upload = CorpusUpload(
        corpus_id=corpus_id, file_name=file.name, sha256=file.sha256, size_bytes=file.size_bytes
    )
    async with database.transaction() as connection:
        if not await writer.begin_upload(connection, upload):
            raise CorpusGoneError
    tally = Tally()
    fault: str | None = INTERRUPTED
    try:
        if isinstance(file, Spooled) and not file.is_whole:
            fault = BROKEN_OFF
        else:
            batches = read_posts(file.path, columns, max_characters)
            async with aclosing(read_ahead(batches)) as ahead:
                async for batch in ahead:
                    await _take_in(database, upload, batch, cap, tally, progress)
                    if tally.counts["over_cap"]:
                        break
                    _check_rejects(tally)
            fault = _over_cap(tally, cap)
    except TableError as error:
        fault = str(error).removeprefix(f"{file.path}: ")
    finally:
        await asyncio.shield(_end(database, upload, tally, fault))
    async with database.session() as session:
        if (done := await session.get(CorpusUpload, upload.id)) is None:
            raise CorpusGoneError
        return done


def _check_rejects(tally: Tally) -> None:
    """30 KB of gzip hold ten million empty objects: to say of each what is wrong takes minutes."""
    rows, rejected = tally.counts["rows"], tally.counts["rejected"]
    if rejected > MAX_REJECTS and 2 * rejected > rows:
        raise TableError(
            f"{rejected:,} of the first {rows:,} rows are no posts; the rest was not read"
        )


async def _take_in(
    database: Database,
    upload: CorpusUpload,
    batch: PostBatch,
    cap: int | None,
    tally: Tally,
    progress: Progress | None,
) -> None:
    tally.unused_columns = batch.unused_columns
    tally.counts["rows"] += len(batch.posts) + len(batch.rejects)
    tally.counts["rejected"] += len(batch.rejects)
    for rejected in batch.rejects:
        tally.reject(rejected)
    for start in range(0, max(len(batch.posts), 1), PART):
        part = batch.posts[start : start + PART]
        async with database.transaction() as connection:
            written = await writer.save_posts(connection, upload.corpus_id, part, cap)
            if written is None:
                raise CorpusGoneError
            for name in ("added", "known", "deleted", "over_cap"):
                tally.counts[name] += getattr(written, name)
            tally.counts["conflicts"] += len(written.conflicts)
            for line, post_id in written.conflicts:
                tally.reject(Reject(line, f"{post_id[:100]}: {CONFLICT}"))
            await _note(connection, upload, tally)
        if progress is not None:
            progress(tally.shown())


async def _note(connection: asyncpg.Connection, upload: CorpusUpload, tally: Tally) -> None:
    rejects = [asdict(one) for one in tally.rejects]
    await writer.note_upload(connection, upload.id, tally.shown(), rejects, tally.unused_columns)


async def _end(database: Database, upload: CorpusUpload, tally: Tally, fault: str | None) -> None:
    async with database.transaction() as connection:
        await _note(connection, upload, tally)
        await writer.end_upload(connection, upload.id, fault)
        if tally.counts["added"]:
            account_id = await repository.fetch_account_of(connection, upload.corpus_id)
            await enqueue_indexing(connection, upload.corpus_id, account_id, upload.id)


def _over_cap(tally: Tally, cap: int | None) -> str | None:
    if not tally.counts["over_cap"]:
        return None
    return f"a corpus may hold {cap:,} posts; the rest of the file was left"
