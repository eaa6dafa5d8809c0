"""Pictures drawn by code: landscapes, charts and abstract windows, each its own, always the same bytes.

A picture is a motif and a seed; the seed chooses palette and shapes. Nothing here is a photograph.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from cli.demo_site.motifs import MASTER, MOTIFS, PALETTES

WIDTHS = (1200, 800, 480)
FORMATS: Mapping[str, str] = {"jpg": "JPEG", "webp": "WEBP", "png": "PNG"}
MEDIA_TYPES: Mapping[str, str] = {"jpg": "image/jpeg", "webp": "image/webp", "png": "image/png"}


@lru_cache(maxsize=512)
def picture(name: str, width: int, suffix: str) -> bytes:
    """The picture `motif-seed` in `width` pixels (3:2) as jpg, webp or png bytes.

    Raises KeyError for a motif, width or suffix that does not exist.
    """
    motif, _, seed = name.rpartition("-")
    if motif not in MOTIFS or not seed.isdecimal() or width not in WIDTHS or suffix not in FORMATS:
        raise KeyError(f"{name}-{width}.{suffix}")
    image = _master(motif, int(seed)).resize(
        (width, width * MASTER[1] // MASTER[0]), Image.Resampling.LANCZOS
    )
    return _encoded(image, suffix)


@lru_cache(maxsize=64)
def banner(number: int) -> bytes:
    """An advertisement, 728x90 pixels, PNG: stripes in the colours of its number."""
    chance = Random(number)
    dark = tuple(chance.randrange(20, 110) for _ in range(3))
    image = Image.new("RGB", (728, 90), dark)
    draw = ImageDraw.Draw(image)
    for left in range(-90, 728, 60):
        stripe = tuple(min(255, part + chance.randrange(40, 120)) for part in dark)
        draw.polygon([(left, 90), (left + 30, 90), (left + 90, 0), (left + 60, 0)], fill=stripe)
    return _encoded(image, "png")


def _encoded(image: Image.Image, suffix: str) -> bytes:
    buffer = BytesIO()
    image.save(buffer, FORMATS[suffix], quality=84)
    return buffer.getvalue()


@lru_cache(maxsize=6)
def _master(motif: str, seed: int) -> Image.Image:
    chance = Random(f"{motif} {seed}")
    palette = PALETTES[seed % len(PALETTES)]
    return MOTIFS[motif](chance, palette)
