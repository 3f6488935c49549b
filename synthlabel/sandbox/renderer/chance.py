"""Stable chance: the same parts give the same random numbers on every machine and in every process."""

from hashlib import blake2b
from typing import TypeAlias

import numpy as np

Rng: TypeAlias = np.random.Generator


def hashed(*parts: object) -> int:
    """A 64-bit number that depends on nothing but ``parts`` (Python's own ``hash`` changes per process)."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def chance(*parts: object) -> Rng:
    return np.random.default_rng(hashed(*parts))
