"""Merkle trees as RFC 6962 (section 2.1) defines them, with SHA-256, and proofs of inclusion."""

import hashlib
from collections.abc import Iterator, Sequence

DIGEST_BYTES = 32


def leaf_digest(entry: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_digest(left: bytes, right: bytes) -> bytes:
    """The hash of two nodes."""
    return hashlib.sha256(b"\1" + left + right).digest()


def levels_of(leaves: bytes) -> list[bytes]:
    """The tree from its leaves to its root, each level as its digests one after another.

    A node without a neighbour rises as it is, which gives the root that the RFC defines by cutting
    at powers of two. No leaf at all gives one level, the hash of nothing.
    """
    levels = [leaves or hashlib.sha256().digest()]
    while len(levels[-1]) > DIGEST_BYTES:
        nodes = list(_digests(levels[-1]))
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        alone = nodes[-1] if len(nodes) % 2 else b""
        levels.append(b"".join(node_digest(left, right) for left, right in pairs) + alone)
    return levels


def lines_of(levels: Sequence[bytes]) -> Iterator[bytes]:
    """The tree as text: a digest a line in hexadecimal digits, an empty line after each level."""
    for level in levels:
        for digest in _digests(level):
            yield digest.hex().encode() + b"\n"
        yield b"\n"


def inclusion_proof(levels: Sequence[bytes], position: int) -> list[bytes]:
    """The digests that lead from a leaf to the root (RFC 6962, section 2.1.1)."""
    proof = []
    for level in levels[:-1]:
        neighbour = position ^ 1
        if neighbour * DIGEST_BYTES < len(level):
            proof.append(level[neighbour * DIGEST_BYTES : (neighbour + 1) * DIGEST_BYTES])
        position //= 2
    return proof


def is_included(
    leaf: bytes, position: int, count: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether a leaf's digest stands at a position of a tree of `count` leaves with that root."""
    if not 0 <= position < count:
        return False
    digest, last, rest = leaf, count - 1, list(proof)
    while last:
        if position ^ 1 <= last:
            if not rest:
                return False
            neighbour = rest.pop(0)
            digest = (
                node_digest(neighbour, digest) if position % 2 else node_digest(digest, neighbour)
            )
        position, last = position // 2, last // 2
    return not rest and digest == root


def _digests(level: bytes) -> Iterator[bytes]:
    return (level[at : at + DIGEST_BYTES] for at in range(0, len(level), DIGEST_BYTES))
