"""Routes of images: hash one, compare some, find those of a corpus. Nothing that is sent is kept."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.access.principal import Principal
from app.core.db import Database
from app.core.errors import InvalidBodyError
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.forensics.corpora.router import CorpusName
from app.forensics.corpora.schemas import PATH as CORPORA
from app.forensics.corpora.service import Uploads, get_corpus
from app.forensics.images import service
from app.forensics.images.comparing import Known
from app.forensics.images.process import ImageReader
from app.forensics.images.schemas import (
    Comparison,
    ImageShown,
    NearHashQuery,
    NearPost,
    NearPosts,
    NearQuery,
)
from app.forensics.images.searching import Wanted, find_near
from app.forensics.images.service import MAX_FILES, MAX_GIVEN, NamedFile
from app.plans import Feature

PREFIX = "/v1/forensics/images"
UPLOADS = re.compile(rf"{PREFIX}/(?:hash|compare)|{CORPORA}/[^/]+/images")
router = APIRouter(tags=["forensics"], dependencies=[Depends(requires(Feature.FORENSICS))])
Nothing = Annotated[NoQuery, from_query(NoQuery)]

_PROBLEMS = {
    413: "The body is too large, or the image has more pixels than are decoded, or takes too much"
    " memory or time.",
    415: "The file is no image, or none of the kinds that are read.",
    422: "The image is damaged or breaks off, or a field cannot be read.",
    503: "Many images are being read, or the database is busy or away.",
}
_FILE = {"type": "string", "format": "binary"}
_ONE_IMAGE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "An image (JPEG, PNG, WebP, GIF, TIFF, AVIF) as it is, or as the one file of a"
        " form. Its content tells what it is, not its name or type.",
        "content": {
            "application/octet-stream": {"schema": _FILE},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["image"],
                    "properties": {"image": _FILE},
                }
            },
        },
    }
}
_SOME_IMAGES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"At most {MAX_FILES} files `image` and {MAX_GIVEN} fields `hash`, two in all"
        " at least. A `hash` is a PDQ, or hashes of one picture by kind with commas between.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "image": {"type": "array", "maxItems": MAX_FILES, "items": _FILE},
                        "hash": {
                            "type": "array",
                            "maxItems": MAX_GIVEN,
                            "items": {"type": "string"},
                            "example": ["phash:8f9c3a614e2b75d0,dhash:4c4e96b6a6a4c8d2"],
                        },
                    },
                }
            }
        },
    }
}


async def get_reader(request: Request) -> ImageReader:
    """What decodes images for this server."""
    reader: ImageReader = request.app.state.image_reader
    return reader


Reader = Annotated[ImageReader, Depends(get_reader, scope="function")]


@router.post(
    f"{PREFIX}/hash",
    operation_id="hashImage",
    summary="Hashes and content credentials of an image",
    response_model=ImageShown,
    responses=problems(403, 415, 422, said=_PROBLEMS),
    openapi_extra=_ONE_IMAGE,
)
async def hash_image(request: Request, caller: Caller, reader: Reader, _: Nothing) -> Response:
    """SHA-256, PDQ with its quality, pHash, dHash, and what C2PA says of the file.

    The picture is taken as it is seen: upright by EXIF, on white where it is transparent, of several
    frames the first. Content credentials are read from the file alone, nothing is fetched; that
    there are none means nothing. Nothing is kept.
    """
    leave = _enter(request, caller)
    try:
        return _json(await service.read_image(reader, await _one_image(request)))
    finally:
        leave()


@router.post(
    f"{PREFIX}/compare",
    operation_id="compareImages",
    summary="Compare images",
    response_model=Comparison,
    responses=problems(403, 415, 422, said=_PROBLEMS),
    openapi_extra=_SOME_IMAGES,
)
async def compare_images(request: Request, caller: Caller, reader: Reader, _: Nothing) -> Response:
    """Every pair of some files and hashes, with the distance of each hash and what that shows.

    `same_bytes`; `same_picture` (PDQ differs in 31 bits of 256 at most: re-encoded, resized);
    `turned` (mirrored or rotated); `maybe_cropped` (near a crop of up to a tenth on each side);
    `maybe_alike` (pHash or dHash differ in 10 bits of 64 at most); `too_little_detail` to tell;
    `different`; `not_comparable` (no hash of one kind). Nothing is kept.
    """
    leave = _enter(request, caller)
    try:
        files, hashes = await _form(request, MAX_FILES, MAX_GIVEN)
        if len(files) + len(hashes) < 2:
            raise InvalidBodyError("give two pictures at least, as `image` or `hash`")
        return _json(await service.compare_images(reader, files, hashes))
    finally:
        leave()


@router.get(
    f"{CORPORA}/{{name}}/images",
    operation_id="findPostsByImageHash",
    summary="Posts of a corpus with a picture, by its hash",
    response_model=NearPosts,
    responses=problems(403, 404, 410),
)
async def find_by_hash(
    name: CorpusName,
    query: Annotated[NearHashQuery, from_query(NearHashQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Posts whose media hashes hold a PDQ near this one, as it is or turned, nearest first.

    The turns are worked out from the hash, so that some bits may be wrong; with the picture itself
    they are exact, and crops of it are sought as well.
    """
    leave = _enter(request, caller)
    try:
        wanted = Wanted(Known("", pdq=query.pdq.lower()), query.distance)
        found, clipped = await _find_near(database, caller, name, wanted, query.limit)
    finally:
        leave()
    return _near(request, found, clipped, None)


@router.post(
    f"{CORPORA}/{{name}}/images",
    operation_id="findPostsByImage",
    summary="Posts of a corpus with a picture",
    response_model=NearPosts,
    responses=problems(403, 404, 410, 415, 422, said=_PROBLEMS),
    openapi_extra=_ONE_IMAGE,
)
async def find_by_image(
    name: CorpusName,
    query: Annotated[NearQuery, from_query(NearQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    reader: Reader,
) -> Response:
    """Posts whose media hashes hold a PDQ near that of this image, as it is, turned or cropped.

    Crops are near in 60 bits at most, whatever `distance` says of the others. The image is not kept.
    """
    leave = _enter(request, caller)
    try:
        file_name, data = await _one_image(request)
        read = await reader.read(data)
        picture = Known.of("", read.sha256, read.fingerprint)
        if not picture.has_detail:
            raise InvalidBodyError("the image has too little detail to be told from others")
        wanted = Wanted(picture, query.distance)
        found, clipped = await _find_near(database, caller, name, wanted, query.limit)
    finally:
        leave()
    return _near(request, found, clipped, service.image_shown(file_name, read))


async def _find_near(
    database: Database, caller: Principal, name: str, wanted: Wanted, limit: int
) -> tuple[list[NearPost], bool]:
    assert caller.account_id is not None
    corpus = await get_corpus(database, caller.account_id, name)
    assert corpus.id is not None
    return await find_near(database, corpus.id, wanted, limit)


def _enter(request: Request, caller: Principal) -> Callable[[], None]:
    """A place among the uploads of the account; call it to give it back."""
    assert caller.account_id is not None
    uploads: Uploads = request.app.state.uploads
    return uploads.enter(caller.account_id)


async def _one_image(request: Request) -> NamedFile:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "multipart/form-data":
        return None, await request.body()
    files, _ = await _form(request, 1, 0)
    if not files:
        raise InvalidBodyError.of("image", "the form has no such file")
    return files[0]


async def _form(
    request: Request, max_files: int, max_fields: int
) -> tuple[list[NamedFile], list[str]]:
    """The files `image` and the fields `hash` of a form."""
    files: list[NamedFile] = []
    hashes: list[str] = []
    async with request.form(
        max_files=max_files, max_fields=max_fields, max_part_size=4_096
    ) as form:
        for field, value in form.multi_items():
            if isinstance(value, UploadFile) and field == "image":
                files.append((value.filename or None, await value.read()))
            elif isinstance(value, str) and field == "hash" and max_fields:
                hashes.append(value)
            else:
                raise InvalidBodyError.of(field[:80], "there is no such field, or no such file")
    return files, hashes


def _json(view: BaseModel) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(view.model_dump_json(), headers=headers, media_type="application/json")


def _near(
    request: Request, posts: list[NearPost], clipped: bool, image: ImageShown | None
) -> Response:
    answer = envelope(
        [post.model_dump(mode="json") for post in posts],
        Links.to(request.scope).of(None),
        {"clipped": clipped, "image": image and image.model_dump(mode="json")},
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
