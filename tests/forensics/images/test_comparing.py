"""What pairs of pictures are taken for, and which are not."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from app.forensics.images.comparing import Known, Pair, Relation, compare
from app.forensics.images.fingerprints import fingerprint
from app.forensics.images.pdq import Turn, pdq_hash, pdq_turned, turned_bits
from app.forensics.images.reading import Picture, read_picture
from benchmarks.forensics.pictures import CHANGES, picture
from tests.forensics.images.conftest import encoded

TURNS: dict[Turn, Callable[[Image.Image], Image.Image]] = {
    Turn.MIRRORED: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    Turn.UPSIDE_DOWN_MIRRORED: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    Turn.ROTATED_90: lambda image: image.transpose(Image.Transpose.ROTATE_270),
    Turn.ROTATED_180: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    Turn.ROTATED_270: lambda image: image.transpose(Image.Transpose.ROTATE_90),
    Turn.TRANSPOSED: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    Turn.TRANSVERSED: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
}


def known(name: str, image: Image.Image) -> Known:
    return Known.of(name, name, fingerprint(Picture(image, "PNG", False)))


def pair(a: Known, b: Known) -> Pair:
    (found,) = compare([a, b])
    return found


def changed(name: str, image: Image.Image) -> Known:
    return known(name, CHANGES[name](np.random.default_rng(3), image))


@pytest.mark.parametrize(
    ("change", "relation"),
    [
        ("JPEG, quality 30", Relation.SAME_PICTURE),
        ("WebP, quality 40", Relation.SAME_PICTURE),
        ("AVIF, quality 40", Relation.SAME_PICTURE),
        ("a third of the size", Relation.SAME_PICTURE),
        ("brighter by 30 %", Relation.SAME_PICTURE),
        ("grey", Relation.SAME_PICTURE),
        ("mirrored", Relation.TURNED),
        ("rotated by 90 degrees", Relation.TURNED),
        ("cropped by 5 %", Relation.MAYBE_CROPPED),
        ("cropped by 10 %", Relation.MAYBE_CROPPED),
        ("one side cropped by 5 %", Relation.MAYBE_CROPPED),
        ("cropped by 50 %", Relation.DIFFERENT),
    ],
)
def test_changes_are_told_apart(change: str, relation: Relation, scene: Image.Image) -> None:
    found = pair(known("whole", scene), changed(change, scene))
    assert found.relation == relation
    assert (found.turned is not None) == (relation == Relation.TURNED)
    assert (found.cropped is not None) == (relation == Relation.MAYBE_CROPPED)


def test_unrelated_pictures_are_different() -> None:
    pictures = [known(str(seed), picture(seed)) for seed in range(100, 112)]
    pairs = list(compare(pictures))
    assert len(pairs) == 66
    assert {found.relation for found in pairs} == {Relation.DIFFERENT}


@pytest.mark.parametrize("turn", list(TURNS))
def test_a_turn_is_named(turn: Turn, scene: Image.Image) -> None:
    turned = TURNS[turn](scene)
    exact = pdq_turned(np.asarray(scene))[turn]
    assert exact.distance(pdq_hash(np.asarray(turned))) <= 31
    about = turned_bits(pdq_hash(np.asarray(scene)).bits)[turn]
    assert np.count_nonzero(about != exact.bits) <= 31

    whole, other = known("a", scene), known("b", turned)
    only_hash = Known("b", pdq=other.pdq)
    for b, approximate in ((other, False), (only_hash, False)):
        found = pair(whole, b).turned
        assert found is not None and (found.turn, found.approximate) == (turn, approximate)
    back = {Turn.ROTATED_90: Turn.ROTATED_270, Turn.ROTATED_270: Turn.ROTATED_90}.get(turn, turn)
    found = pair(only_hash, whole).turned
    assert found is not None and (found.turn, found.approximate) == (back, False)
    found = pair(Known("a", pdq=whole.pdq), only_hash).turned
    assert found is not None and (found.turn, found.approximate) == (turn, True)


def test_which_one_shows_less_and_what_it_lacks(scene: Image.Image) -> None:
    width, height = scene.size
    left = known("left", scene.crop((round(width * 0.1), 0, width, height)))
    for a, b in ((known("whole", scene), left), (left, known("whole", scene))):
        found = pair(a, b).cropped
        assert found is not None and found.name == "left"
        assert (found.left, found.above, found.right, found.below) == (0.1, 0, 0, 0)


@pytest.mark.parametrize("turn", list(TURNS))
def test_a_crop_that_was_turned_is_found(turn: Turn, scene: Image.Image) -> None:
    width, height = scene.size
    part = scene.crop((0, 0, width, round(height * 0.95)))
    for a, b in ((scene, TURNS[turn](part)), (TURNS[turn](part), scene)):
        found = pair(known(str(a.size), a), known(str(b.size), b))
        assert found.relation == Relation.MAYBE_CROPPED and found.cropped is not None
        assert (found.cropped.turn, found.cropped.below) == (turn, 0.05)


def test_equal_bytes_go_before_all(scene: Image.Image) -> None:
    found = pair(Known("a", sha256="5" * 64), Known("b", sha256="5" * 64))
    assert found.relation == Relation.SAME_BYTES and found.pdq_distance is None
    assert pair(known("x", scene), known("x", scene)).relation == Relation.SAME_BYTES


def test_blank_pictures_are_no_match_for_each_other() -> None:
    white, black = (
        known(colour, Image.new("RGB", (300, 200), colour)) for colour in ("white", "black")
    )
    assert pair(white, black).relation == Relation.TOO_LITTLE_DETAIL
    tiny = known("tiny", Image.new("RGB", (1, 1)))
    assert pair(white, tiny).relation == Relation.TOO_LITTLE_DETAIL


def test_with_few_hashes_only_those_count() -> None:
    a, near, far = "8f9c3a614e2b75d0", "8f9c3a614e2b75df", "70639c9eb1d48a2f"
    found = pair(Known("a", phash=a), Known("b", phash=near))
    assert (found.relation, found.phash_distance) == (Relation.MAYBE_ALIKE, 4)
    assert pair(Known("a", dhash=a), Known("b", dhash=far)).relation == Relation.DIFFERENT
    assert pair(Known("a", phash=a), Known("b", dhash=a)).relation == Relation.NOT_COMPARABLE
    assert list(compare([Known("a")])) == [] and list(compare([])) == []


def test_a_thin_strip_is_hashed(scene: Image.Image) -> None:
    for size in ((4, 900), (900, 4), (7, 9_000)):
        read = read_picture(encoded(scene.resize(size)))
        assert len(fingerprint(read).crops) == 80
