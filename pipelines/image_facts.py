"""What a picture's bytes say: type, size, perceptual hash. Every byte is taken for hostile."""

from __future__ import annotations

import io
import struct
import warnings

import imagehash
from PIL import Image, ImageFile, ImageOps

from pipelines.duplicates.look import encode, look_of
from pipelines.embedded import embedded_words
from pipelines.image_answer import MAX_PIXELS, ImageFacts, ImageRefused

MIN_SIDE = 50  # pixels; below are trackers, icons and spacers
HASH_SIDE = 1024  # larger pictures are reduced before hashing; the hash looks at 32 by 32 anyway

# Pillow's name → media type. Only these decoders ever see the bytes.
FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
}

# Pillow documents OSError; its decoders are also known to leak the others on damaged files.
_LEAKED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
)


def sniff(data: bytes) -> str | None:
    """Pillow's name of an allowed format by magic bytes; None for anything else."""
    head = data[:32]
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "AVIF"
    return None


def inspect_image(data: bytes, *, max_pixels: int = MAX_PIXELS) -> ImageFacts | ImageRefused:
    """Check and measure a picture. Never raises on hostile bytes (memory excepted)."""
    if not data:
        return ImageRefused("empty")
    name = sniff(data)
    if name is None:
        markup = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        is_svg = markup.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in data[:65536].lower()
        return ImageRefused("svg" if is_svg else "unknown_format")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # Pillow warns of odd EXIF and large sizes; we check the size ourselves
            return _measure(data, name, max_pixels)
    except Image.DecompressionBombError:  # Pillow's own bound, checked while opening
        return ImageRefused("too_many_pixels")
    except _LEAKED:
        return ImageRefused("undecodable")


def _measure(data: bytes, name: str, max_pixels: int) -> ImageFacts | ImageRefused:
    with Image.open(io.BytesIO(data), formats=(name,)) as picture:
        width, height = picture.size
        if width * height > max_pixels:
            return ImageRefused("too_many_pixels")
        if min(width, height) < MIN_SIDE:
            return ImageRefused("too_small")
        if name == "JPEG":
            picture.draft("RGB", (HASH_SIDE, HASH_SIDE))  # let the decoder scale down by itself
        shown = ImageOps.exif_transpose(picture)
        if picture.getexif().get(0x0112, 1) in (5, 6, 7, 8):  # a quarter turn
            width, height = height, width
        flat = _on_white(shown)
        flat.thumbnail((HASH_SIDE, HASH_SIDE))
        phash, look = str(imagehash.phash(flat)), encode(look_of(flat, width, height))
        return ImageFacts(FORMATS[name], width, height, phash, look, *_words(picture))


def _words(picture: ImageFile.ImageFile) -> tuple[str | None, str | None]:
    """What the file says in words; damaged metadata are no reason to refuse a picture that can be seen."""
    try:
        return embedded_words(picture)
    except _LEAKED:
        return None, None


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture as seen on a white page: transparent pixels carry arbitrary colours."""
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("L")
    return picture.convert("L")
