"""The wire of images: what is asked for and what is shown."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.events.schemas import Link
from app.forensics.images.comparing import CROP_DISTANCE, Relation
from app.forensics.images.pdq import MATCH_DISTANCE, MIN_QUALITY, Turn

PDQ_PATTERN = r"^[0-9A-Fa-f]{64}$"
_PDQ = "0c75206508cd39a980c54cc906a50088559dfb29045deaa9777dabaffffe7756"
CREDENTIALS_EXAMPLE: dict[str, Any] = {
    "state": "valid",
    "trust_checked": False,
    "note": "Credentials tell what a signer says of a file and that it is unchanged since. They do"
    " not make it true.",
    "changed_since": False,
    "faults": [],
    "claim_generator": "Example Camera 1.0",
    "title": "harbour.jpg",
    "issuer": "Example Org",
    "signer": "Example Camera",
    "algorithm": "Es256",
    "signed_at": None,
    "actions": [
        {"action": "c2pa.created", "at": None, "software": None,
         "source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"}
    ],
    "ingredients": [],
    "manifests": 1,
    "manifest_url": None,
}  # fmt: skip
IMAGE_EXAMPLE: dict[str, Any] = {
    "name": "harbour.jpg",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size_bytes": 120412,
    "media_type": "image/jpeg",
    "width": 1280,
    "height": 720,
    "is_animated": False,
    "pdq": _PDQ,
    "pdq_quality": 100,
    "has_detail": True,
    "phash": "8f9c3a614e2b75d0",
    "dhash": "4c4e96b6a6a4c8d2",
    "credentials": CREDENTIALS_EXAMPLE,
}


class CredentialFault(BaseModel):
    code: str | None = Field(description="as C2PA names it")
    explanation: str | None


class CredentialAction(BaseModel):
    action: str | None = Field(description="as C2PA names it, such as `c2pa.edited`")
    at: str | None
    software: str | None
    source_type: str | None = Field(description="IPTC's digital source type")


class CredentialIngredient(BaseModel):
    title: str | None
    format: str | None
    relationship: str | None


class CredentialsShown(BaseModel):
    """Content credentials (C2PA) as the file brings them; nothing is fetched."""

    state: Literal["none", "valid", "trusted", "invalid", "elsewhere", "unreadable"] = Field(
        description="`none`: absence means nothing. `valid`: signature and hashes hold, the signer"
        " is not vouched for. `trusted`: its certificate leads to the operator's trust list as"
        " well. `elsewhere`: a URL is named, which is not fetched"
    )
    trust_checked: bool = Field(description="whether the operator has set a trust list")
    note: str
    changed_since: bool | None = Field(
        description="whether the file is another than the one that was signed"
    )
    faults: list[CredentialFault]
    claim_generator: str | None = Field(description="what made the claim, by its own word")
    title: str | None
    issuer: str | None = Field(description="of the signer's certificate: the organisation")
    signer: str | None = Field(description="of the signer's certificate: the common name")
    algorithm: str | None
    signed_at: str | None = Field(description="by a time stamping authority; null without one")
    actions: list[CredentialAction] = Field(description="the first 100")
    ingredients: list[CredentialIngredient] = Field(description="the first 100")
    manifests: int
    manifest_url: str | None


class ImageShown(BaseModel):
    """A file as an image: its bytes, its hashes, its credentials."""

    model_config = ConfigDict(json_schema_extra={"example": IMAGE_EXAMPLE})

    name: str | None
    sha256: str = Field(description="of the file")
    size_bytes: int
    media_type: str = Field(description="by its content, whatever it was sent as")
    width: int = Field(description="px, upright by EXIF")
    height: int
    is_animated: bool = Field(description="more frames or pages than one; the first was hashed")
    pdq: str = Field(description="64 digits; as a media hash of a post it is compared by distance")
    pdq_quality: int = Field(description=f"0 to 100; below {MIN_QUALITY} the hash tells little")
    has_detail: bool
    phash: str = Field(description="16 digits, of `imagehash`")
    dhash: str = Field(description="16 digits, of `imagehash`")
    credentials: CredentialsShown


class GivenHashes(BaseModel):
    """A picture of which hashes alone are known."""

    sha256: str | None
    pdq: str | None
    phash: str | None
    dhash: str | None


class ComparedPicture(BaseModel):
    number: int = Field(description="as pairs name it: files first, then hashes, from 1 on")
    image: ImageShown | None = Field(description="null where hashes were given")
    given: GivenHashes | None = Field(description="null where a file was sent")


class TurnShown(BaseModel):
    turn: Turn = Field(description="how b lies compared with a")
    distance: int
    approximate: bool = Field(description="worked out from a hash alone: some bits may be wrong")


class CutShown(BaseModel):
    """About what the smaller picture lacks, as shares of width or height."""

    left: float
    above: float
    right: float
    below: float


class CropShown(BaseModel):
    smaller: int = Field(description="the number of the picture that shows less")
    turn: Turn = Field(description="how it lies compared with the other")
    cut: CutShown
    distance: int = Field(description=f"from that crop of the other; {CROP_DISTANCE} at most")


class ImagePair(BaseModel):
    a: int
    b: int
    relation: Relation
    pdq_distance: int | None = Field(description=f"of 256; {MATCH_DISTANCE} or less is a match")
    phash_distance: int | None = Field(description="of 64")
    dhash_distance: int | None = Field(description="of 64")
    turned: TurnShown | None
    cropped: CropShown | None


_EXAMPLE: dict[str, Any] = {
    "pictures": [
        {"number": 1, "image": IMAGE_EXAMPLE, "given": None},
        {"number": 2, "image": None,
         "given": {"sha256": None, "pdq": _PDQ, "phash": None, "dhash": None}},
    ],
    "pairs": [
        {"a": 1, "b": 2, "relation": "same_picture", "pdq_distance": 0, "phash_distance": None,
         "dhash_distance": None, "turned": None, "cropped": None}
    ],
    "caveats": ["Hashes tell that pictures look alike, neither which came first nor what is true."],
}  # fmt: skip


class Comparison(BaseModel):
    """Every pair of the pictures."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    pictures: list[ComparedPicture]
    pairs: list[ImagePair]
    caveats: list[str]


class NearQuery(BaseModel):
    """How near pictures are sought."""

    model_config = ConfigDict(extra="forbid")

    distance: int = Field(
        MATCH_DISTANCE, ge=0, le=64, description="Bits of 256 that may differ, at most."
    )
    limit: int = Field(100, ge=1, le=1_000, description="At most so many posts, nearest first.")


class NearHashQuery(NearQuery):
    """Which picture is sought, by its hash."""

    pdq: str = Field(pattern=PDQ_PATTERN, description="A PDQ hash.", examples=[_PDQ])


class NearPost(BaseModel):
    """A post with a picture that is near."""

    id: str = Field(description="the platform's")
    platform: str
    account: str
    at: datetime | None
    permalink: str | None
    media_hash: str = Field(description="the one that is near, as `pdq:` and 64 digits")
    distance: int
    seen_as: str = Field(
        description="`as_it_is`, a turn such as `mirrored`, or `maybe_cropped`: how the picture of"
        " the post lies compared with the one that is sought"
    )
    synthetic: bool


class NearMeta(BaseModel):
    clipped: bool = Field(description="whether there are more than `limit`")
    image: ImageShown | None = Field(description="what was sent, if a file was")


class NearPosts(BaseModel):
    """Posts of a corpus with pictures that are near, nearest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "items": [
                    {"id": "1", "platform": "x", "account": "a", "at": "2026-11-01T12:00:00Z",
                     "permalink": None, "media_hash": f"pdq:{_PDQ}", "distance": 0, "seen_as": "as_it_is",
                     "synthetic": False}
                ],
                "links": [{"rel": "self", "href": "/v1/forensics/corpora/demo/images",
                           "type": "application/json"}],
                "returned": 1,
                "meta": {"clipped": False, "image": None},
            }
        }
    )  # fmt: skip

    items: list[NearPost]
    links: list[Link]
    returned: int
    meta: NearMeta
