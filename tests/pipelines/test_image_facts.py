"""Pictures are measured as displayed; what is no picture, or too much of one, has a reason."""
# ruff: noqa: E501 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from pipelines.image_answer import ImageFacts, ImageRefused
from pipelines.image_facts import inspect_image, sniff


def drawing(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 8, height // 6, width // 2, height // 2), fill="navy")
    draw.rectangle((width // 2, height // 2, width - 20, height - 20), fill="orange")
    draw.line((0, height, width, 0), fill="green", width=9)
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("AVIF", "image/avif"),
    ],
)
def test_five_formats_are_measured_alike(kind: str, mime: str) -> None:
    facts = inspect_image(encoded(drawing(), kind))
    assert isinstance(facts, ImageFacts)
    assert (facts.mime, facts.width, facts.height) == (mime, 400, 300)
    reference = inspect_image(encoded(drawing(), "PNG"))
    assert isinstance(reference, ImageFacts)
    assert len(facts.phash) == 16
    assert distance(facts.phash, reference.phash) <= 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_hash_and_the_size_are_of_the_picture_as_displayed(orientation: int) -> None:
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE], 6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE], 8: [Image.Transpose.ROTATE_270],
    }  # fmt: skip
    stored = drawing()
    for step in undo.get(orientation, []):
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    facts = inspect_image(encoded(stored, "JPEG", exif=exif, quality=95))
    upright = inspect_image(encoded(drawing(), "PNG"))
    assert isinstance(facts, ImageFacts)
    assert isinstance(upright, ImageFacts)
    assert (facts.width, facts.height) == (400, 300)
    assert distance(facts.phash, upright.phash) <= 4


def test_a_smaller_copy_has_nearly_the_same_hash_and_another_picture_has_not() -> None:
    one = inspect_image(encoded(drawing(1600, 1200), "JPEG"))
    small = inspect_image(encoded(drawing().resize((200, 150)), "WEBP"))
    other = inspect_image(encoded(drawing().transpose(Image.Transpose.ROTATE_180), "PNG"))
    assert isinstance(one, ImageFacts)
    assert isinstance(small, ImageFacts)
    assert isinstance(other, ImageFacts)
    assert distance(one.phash, small.phash) <= 8
    assert distance(one.phash, other.phash) >= 16


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\0\0\0\0IDAT"
    )


JPEG = encoded(drawing(), "JPEG")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "svg"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><!-- --><svg/>", "svg"),
        (b"<html><body>not found</body></html>", "unknown_format"),
        (encoded(drawing(), "BMP"), "unknown_format"),
        (encoded(drawing(), "TIFF"), "unknown_format"),
        (encoded(drawing(), "ICO"), "unknown_format"),
        (b"%PDF-1.7", "unknown_format"),
        (encoded(drawing(49, 300), "PNG"), "too_small"),
        (encoded(Image.new("RGB", (1, 1)), "GIF"), "too_small"),
        (png_claiming(30_000, 30_000), "too_many_pixels"),
        (png_claiming(2**31 - 1, 2**31 - 1), "too_many_pixels"),
        (png_claiming(400, 300), "undecodable"),
        (JPEG[:200], "undecodable"),
        (JPEG[:-400], "undecodable"),
        (b"\xff\xd8\xff" + os.urandom(100), "undecodable"),
        (b"GIF89a" + b"\0" * 20, "undecodable"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "undecodable"),
        (b"\0\0\0\x1cftypavif" + b"\0" * 40, "undecodable"),
    ],
)
def test_what_is_not_taken_has_a_reason(data: bytes, reason: str) -> None:
    assert inspect_image(data) == ImageRefused(reason)


def test_a_picture_with_a_page_behind_it_is_a_picture() -> None:
    facts = inspect_image(encoded(drawing(), "GIF") + b"<script>alert(1)</script>")
    assert isinstance(facts, ImageFacts)
    assert facts.mime == "image/gif"


def test_many_frames_cost_one() -> None:
    frames = [Image.new("L", (60, 60), shade % 256) for shade in range(500)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)
    facts = inspect_image(data)
    assert isinstance(facts, ImageFacts)
    assert (facts.width, facts.height) == (60, 60)


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "I;16", "1"])
def test_colour_modes(mode: str) -> None:
    image = drawing().convert("L") if mode == "I;16" else drawing()
    facts = inspect_image(encoded(image.convert(mode), "PNG"))
    assert isinstance(facts, ImageFacts)


def test_max_pixels_is_the_callers_to_set() -> None:
    assert inspect_image(encoded(drawing(), "PNG"), max_pixels=400 * 300 - 1) == ImageRefused(
        "too_many_pixels"
    )
    assert isinstance(inspect_image(encoded(drawing(), "PNG"), max_pixels=400 * 300), ImageFacts)


CORPUS = Path(os.environ.get("DATELINE_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus"))


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
def test_real_pictures_are_all_measured() -> None:
    files = [
        path
        for folder in ("images_18f_cc0", "images_exif_orientation")
        for path in (CORPUS / folder).rglob("*")
    ]
    pictures = [path for path in files if path.is_file() and sniff(path.read_bytes()[:32])]
    assert len(pictures) > 50
    refused = [
        (path.name, facts)
        for path in pictures
        if isinstance(facts := inspect_image(path.read_bytes()), ImageRefused)
    ]
    assert [row for row in refused if row[1].reason != "too_small"] == []
