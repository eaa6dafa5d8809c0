"""The pictures decode, have news size, are always the same bytes, and no two look alike."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from itertools import combinations

import imagehash
import pytest
from PIL import Image

from cli.demo_site.pictures import banner, picture
from cli.demo_site.stories import load_sites

STATES = [story for site in load_sites().values() for planned in site.stories for _, story in planned.states]
NAMES = sorted({shown.name for story in STATES for shown in story.pictures})


def test_every_article_is_illustrated() -> None:
    assert len(NAMES) == 31
    assert all(story.pictures for story in STATES)


@pytest.mark.parametrize(
    ("width", "suffix", "size", "kind"),
    [(1200, "jpg", (1200, 800), "JPEG"), (800, "webp", (800, 533), "WEBP"), (480, "png", (480, 320), "PNG")],
)
def test_each_variant_decodes_at_its_size(width: int, suffix: str, size: tuple[int, int], kind: str) -> None:
    for name in (NAMES[0], NAMES[-1]):
        with Image.open(BytesIO(picture(name, width, suffix))) as image:
            image.load()
            assert (image.size, image.format) == (size, kind)


def test_drawing_again_gives_the_same_bytes() -> None:
    first = picture("harbour-01", 480, "jpg")
    picture.cache_clear()
    assert picture("harbour-01", 480, "jpg") == first
    assert banner(3) != banner(4)


def test_no_two_pictures_look_alike() -> None:
    hashes = {}
    for name in NAMES:
        with Image.open(BytesIO(picture(name, 800, "jpg"))) as image:
            hashes[name] = imagehash.phash(image)
    near = {(a, b) for a, b in combinations(NAMES, 2) if hashes[a] - hashes[b] < 10}
    assert near == set()


def test_two_pictures_run_twice_on_purpose() -> None:
    shown = Counter(
        shown.name
        for site in load_sites().values()
        for planned in site.stories
        for shown in {
            picture.name: picture for _, story in planned.states for picture in story.pictures
        }.values()
    )
    assert {name for name, times in shown.items() if times > 1} == {"harbour-01", "sea-10"}


@pytest.mark.parametrize(
    ("name", "width", "suffix"),
    [
        ("unicorn-01", 800, "jpg"),
        ("harbour-x", 800, "jpg"),
        ("harbour-01", 801, "jpg"),
        ("harbour-01", 800, "svg"),
    ],
)
def test_other_pictures_are_refused(name: str, width: int, suffix: str) -> None:
    with pytest.raises(KeyError, match=name):
        picture(name, width, suffix)
