"""Caption and credit in a picture's own file, IPTC and EXIF; damaged ones are no reason to refuse it."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from pipelines.image_answer import ImageFacts
from pipelines.image_facts import inspect_image

DESCRIPTION, ARTIST, RIGHTS = 0x010E, 0x013B, 0x8298
UTF8 = (1, 90, b"\x1b%G")


def jpeg(exif: dict[int, str] | None = None, iptc: list[tuple[int, int, bytes]] | None = None) -> bytes:
    image = Image.new("RGB", (200, 100), "navy")
    tags = Image.Exif()
    for tag, value in (exif or {}).items():
        tags[tag] = value
    stream = io.BytesIO()
    image.save(stream, "JPEG", exif=tags)
    data = stream.getvalue()
    if iptc is None:
        return data
    sets = b"".join(b"\x1c" + bytes((r, d)) + struct.pack(">H", len(v)) + v for r, d, v in iptc)
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(sets)) + sets + b"\0" * (len(sets) % 2)
    body = b"Photoshop 3.0\0" + resource
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + data[2:]


@pytest.mark.parametrize(
    ("exif", "iptc", "caption", "credit"),
    [
        ({DESCRIPTION: "The old bridge", ARTIST: "Ann Smith"}, None, "The old bridge", "Ann Smith"),
        ({RIGHTS: "The Herald"}, None, None, "The Herald"),
        ({DESCRIPTION: "OLYMPUS DIGITAL CAMERA"}, None, None, None),
        ({DESCRIPTION: "  ", ARTIST: "\0"}, None, None, None),
        ({}, [(2, 120, b"Old bridge"), (2, 80, b"Ann Li"), (2, 110, b"AFP")], "Old bridge", "Ann Li/AFP"),
        ({DESCRIPTION: "EXIF"}, [UTF8, (2, 120, "Die alte Brücke".encode())], "Die alte Brücke", None),
        ({}, [(2, 120, "Die alte Brücke".encode("cp1252"))], "Die alte Brücke", None),
        ({}, [UTF8, (2, 120, "古い橋".encode()), (2, 116, "共同通信".encode())], "古い橋", "共同通信"),
        ({}, [(2, 80, b"Ann Smith"), (2, 80, b"Bo Li")], None, "Ann Smith, Bo Li"),
        ({}, [(2, 120, b"")], None, None),
        ({}, None, None, None),
    ],
)  # fmt: skip
def test_what_a_file_says(
    exif: dict[int, str], iptc: list[tuple[int, int, bytes]] | None, caption: str | None, credit: str | None
) -> None:
    facts = inspect_image(jpeg(exif, iptc))
    assert isinstance(facts, ImageFacts)
    assert (facts.caption, facts.credit) == (caption, credit)


def test_damaged_words_leave_the_picture() -> None:
    good = jpeg({DESCRIPTION: "The old bridge"}, [(2, 120, b"The old bridge")])
    damaged = good.replace(b"\x1c\x02\x78\x00\x0e", b"\x1c\x02\x78\xff\xff")
    assert damaged != good
    assert isinstance(inspect_image(damaged), ImageFacts)
