"""What a picture looks like, small enough to be compared with others without its bytes.

A look is a thumbnail of 32 by 32 shades of grey, stretched to a square, and the 64-bit perceptual hashes
(pHash: the signs of the lowest frequencies of a cosine transform) of windows in it, the parts that editors
are likely to cut out. A crop is then found as a whole that resembles a window.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 32  # pixels of the thumbnail
_HASHED = 32  # pixels that a hash looks at
_REDUCED = 192  # pixels of the picture in which windows are hashed
_LOW = 8  # frequencies each way: 64 bits

CUTS = (0.1, 0.2)  # of one side; of these windows, the last leave out what a caption or a banner covers

Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of width and height
Grey = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Look:
    """A picture's look; `hashes` are of the windows, in the order of `windows(width, height)`."""

    thumbnail: Grey  # SIDE by SIDE, 0 to 255
    hashes: tuple[int, ...]


def look_of(grey: Image.Image, width: int, height: int) -> Look:
    """The look of a picture of this size as shown; `grey` may be reduced already."""
    small = grey.resize((SIDE, SIDE), Image.Resampling.BOX)
    boxes = windows(width, height)
    reduced = grey.copy()
    reduced.thumbnail((_REDUCED, _REDUCED), Image.Resampling.BOX)
    wide, high = reduced.size
    hashes = tuple(
        phash(reduced, (left * wide, top * high, right * wide, bottom * high))
        for left, top, right, bottom in boxes
    )
    return Look(np.asarray(small, np.float64), hashes)


def encode(look: Look) -> str:
    """A look as text: Base64 of the thumbnail's bytes, then of each hash, big-endian."""
    pixels = look.thumbnail.astype(np.uint8).tobytes()
    return base64.b64encode(pixels + b"".join(one.to_bytes(8, "big") for one in look.hashes)).decode()


def decode(text: str) -> Look:
    """The inverse of `encode`."""
    data = base64.b64decode(text)
    pixels = np.frombuffer(data[: SIDE * SIDE], np.uint8).astype(np.float64).reshape(SIDE, SIDE)
    rest = data[SIDE * SIDE :]
    return Look(pixels, tuple(int.from_bytes(rest[at : at + 8], "big") for at in range(0, len(rest), 8)))


def phash(grey: Image.Image, box: tuple[float, float, float, float] | None = None) -> int:
    """The perceptual hash of a picture or of a box in it (pixels), as `imagehash.phash` has it."""
    pixels = np.asarray(grey.resize((_HASHED, _HASHED), Image.Resampling.LANCZOS, box=box), np.float64)
    low = _cosines() @ pixels @ _cosines().T
    bits = (low > np.median(low)).flatten()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def windows(width: int, height: int) -> list[Box]:
    """The parts of a picture that crops are looked for in: other shapes, other margins, closer looks."""
    found: list[Box] = []
    ratio = width / height
    for shape in (1.0, 4 / 3, 3 / 2, 16 / 9):
        if shape < ratio * 0.93:
            share = shape / ratio
            found += [(at * (1 - share), 0.0, at * (1 - share) + share, 1.0) for at in (0.0, 0.5, 1.0)]
        elif shape > ratio * 1.07:
            share = ratio / shape
            found += [(0.0, at * (1 - share), 1.0, at * (1 - share) + share) for at in (0.0, 0.5, 1.0)]
    for margin in (0.05, 0.1, 0.15):
        found.append((margin, margin, 1 - margin, 1 - margin))
    for cut in CUTS:
        found += [(cut, 0.0, 1.0, 1.0), (0.0, 0.0, 1 - cut, 1.0)]
    for cut in CUTS:
        found += [(0.0, cut, 1.0, 1.0), (0.0, 0.0, 1.0, 1 - cut)]
    return found


@cache
def _cosines() -> Grey:
    """The first rows of the orthogonal cosine transform (DCT-II)."""
    places = np.arange(_HASHED)
    return np.cos(np.pi * np.arange(_LOW)[:, None] * (2 * places + 1) / (2 * _HASHED)) * 2
