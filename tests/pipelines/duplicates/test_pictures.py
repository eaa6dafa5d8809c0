"""Pictures drawn here: photographs of a sort, charts, and flat ones."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from archive.catalog import picture_index
from archive.catalog.picture_uses import uses_of
from archive.digest import sha256_hex
from archive.rows import ImageRow
from pipelines.duplicates.link_pictures import How, PictureLinker, matches
from pipelines.duplicates.look import decode, encode, look_of, phash, windows
from pipelines.duplicates.same_picture import SHAPED, agreement
from pipelines.image_answer import ImageFacts
from pipelines.image_facts import inspect_image
from tests.pipelines.duplicates.stories import MARCH, Stories, stories_over


def photograph(seed: int, width: int = 480, height: int = 320) -> Image.Image:
    """Shapes of many sizes over a soft ground, as in a photograph."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (width, height), (chance.randrange(256), 120, 90))
    draw = ImageDraw.Draw(picture)
    for size in (200, 120, 70, 40, 20):
        for _ in range(14):
            left, top = chance.randrange(-size, width), chance.randrange(-size, height)
            colour = tuple(chance.randrange(256) for _ in range(3))
            box = (left, top, left + chance.randrange(5, size + 5), top + chance.randrange(5, size + 5))
            draw.ellipse(box, fill=colour) if chance.random() < 0.5 else draw.rectangle(box, fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def chart(seed: int) -> Image.Image:
    """Bars on white, with axes and lines where every chart of the series has them."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (480, 320), "white")
    draw = ImageDraw.Draw(picture)
    for line in range(5):
        draw.line((40, 40 + line * 60, 460, 40 + line * 60), fill=(200, 200, 200))
    for bar in range(8):
        draw.rectangle((60 + bar * 50, chance.randrange(50, 260), 90 + bar * 50, 280), fill=(30, 80, 160))
    return picture


def gradient(seed: int) -> Image.Image:
    ramp = np.tile(np.linspace(seed, 255 - seed, 480), (320, 1))
    return Image.fromarray(ramp.astype(np.uint8)).convert("RGB")


def logo(seed: int) -> Image.Image:
    picture = Image.new("RGB", (480, 320), "white")
    ImageDraw.Draw(picture).ellipse((200, 120, 280, 200), fill=(200 - seed, 20, 20))
    return picture


def saved(picture: Image.Image, quality: int = 90) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def row(data: bytes, hour: int, url: str = "") -> ImageRow:
    facts = inspect_image(data)
    assert isinstance(facts, ImageFacts)
    return ImageRow(
        sha256=sha256_hex(data), phash=facts.phash, mime=facts.mime, width=facts.width, height=facts.height,
        size=len(data), first_url=url, first_at=MARCH + timedelta(hours=hour), capture_id=f"{hour:032x}",
        look=facts.look,
    )  # fmt: skip


def link(stories: Stories, *rows: ImageRow) -> dict[str, tuple[str, str | None]]:
    """First use and kind of each, by digest."""
    stories.home.committer.commit_rows(rows)
    PictureLinker(stories.catalog, stories.home.committer, stories.home.clock).link()
    found = picture_index.links(stories.catalog, [each.sha256 for each in rows])
    return {name: (each.first, each.kind) for name, each in found.items()}


def captioned(picture: Image.Image) -> Image.Image:
    made = picture.copy()
    ImageDraw.Draw(made).rectangle((0, int(made.height * 0.9), made.width, made.height), fill=(20, 20, 20))
    return made


PHOTO = photograph(1)
CHANGED = [
    pytest.param(saved(PHOTO, 25), "same", id="encoded again"),
    pytest.param(saved(PHOTO.resize((160, 107))), "same", id="smaller"),
    pytest.param(saved(PHOTO.convert("L")), "same", id="without colours"),
    pytest.param(saved(Image.eval(PHOTO, lambda value: min(255, value + 30))), "same", id="brighter"),
    pytest.param(saved(captioned(PHOTO)), "same", id="with a caption in it"),
    pytest.param(saved(PHOTO.crop((80, 0, 400, 320))), "crop", id="a square of it"),
    pytest.param(saved(PHOTO.crop((40, 28, 440, 292))), "crop", id="without margins"),
    pytest.param(saved(PHOTO.crop((0, 0, 400, 320))), "crop", id="without its right"),
]


@pytest.mark.parametrize(("data", "kind"), CHANGED)
def test_a_changed_picture_leads_to_its_first_use_whichever_came_first(
    tmp_path: Path, data: bytes, kind: str
) -> None:
    original = saved(PHOTO)
    others = [row(saved(photograph(seed)), 50 + seed) for seed in range(2, 8)]
    for first, second in ((original, data), (data, original)):
        with stories_over(
            f"sqlite:///{tmp_path}/{first == data}.db", tmp_path / str(first == data)
        ) as stories:
            one, two = row(first, 0), row(second, 1)
            links = link(stories, *others, two, one)
            assert links[one.sha256] == (one.sha256, None)
            assert links[two.sha256] == (one.sha256, kind)
            assert all(links[other.sha256] == (other.sha256, None) for other in others)


UNLIKE = [
    pytest.param([chart(seed) for seed in range(6)], id="charts of one series"),
    pytest.param([gradient(seed) for seed in (0, 5, 10, 15)], id="gradients"),
    pytest.param([logo(seed) for seed in (0, 5, 10, 15)], id="logos on white"),
    pytest.param([Image.new("RGB", (300, 200), (seed, seed, seed)) for seed in (0, 90, 255)], id="flat"),
    pytest.param([photograph(seed) for seed in range(10, 18)], id="photographs"),
]


@pytest.mark.parametrize("pictures", UNLIKE)
def test_pictures_that_only_resemble_each_other_do_not_link(
    local: Stories, pictures: list[Image.Image]
) -> None:
    rows = [row(saved(picture), hour) for hour, picture in enumerate(pictures)]
    assert link(local, *rows) == {each.sha256: (each.sha256, None) for each in rows}


def test_an_earlier_use_that_comes_later_is_the_first_from_then_on(stories: Stories) -> None:
    late, later, early = row(saved(PHOTO), 5), row(saved(PHOTO, 30), 6), row(saved(PHOTO, 60), 1)
    link(stories, late)
    link(stories, later)
    assert link(stories, early) == {early.sha256: (early.sha256, None)}
    links = picture_index.links(stories.catalog, [late.sha256, later.sha256])
    assert {each.first for each in links.values()} == {early.sha256}
    assert {each.kind for each in links.values()} == {"same"}


def test_the_index_fills_itself_after_a_rebuild(stories: Stories) -> None:
    first, second = row(saved(PHOTO), 0), row(saved(PHOTO, 30), 1)
    link(stories, first)
    with stories.catalog.write() as connection:
        for table in ("picture_key", "picture_print"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert link(stories, second) == {second.sha256: (first.sha256, "same")}


def test_a_picture_archived_before_looks_were_kept_is_its_own_first_use(local: Stories) -> None:
    old = replace(row(saved(PHOTO), 0), look=None)
    assert link(local, old, row(saved(PHOTO, 30), 1))[old.sha256] == (old.sha256, None)
    assert matches(local.catalog, old) == []
    assert uses_of(local.catalog, [old.sha256]) == {old.sha256: []}


def test_a_look_comes_back_from_its_text() -> None:
    look = look_of(PHOTO.convert("L"), *PHOTO.size)
    again = decode(encode(look))
    assert again.hashes == look.hashes
    assert len(again.hashes) == len(windows(*PHOTO.size))
    assert np.array_equal(again.thumbnail, look.thumbnail.astype(np.uint8))
    assert agreement(again.thumbnail, look.thumbnail).same


def test_the_hash_is_that_of_the_library() -> None:
    grey = PHOTO.convert("L")
    assert f"{phash(grey):016x}" == str(imagehash.phash(grey))


def test_flat_pictures_are_not_in_the_index(local: Stories) -> None:
    flat = row(saved(gradient(0)), 0)
    link(local, flat)
    assert picture_index.is_empty(local.catalog)
    assert agreement(*[decode(flat.look or "").thumbnail] * 2).shaped < SHAPED


@pytest.mark.parametrize("bits", [0, 3, 7, 10, 11])
def test_hashes_that_differ_in_few_bits_are_found(local: Stories, bits: int) -> None:
    chance = random.Random(bits)
    for number in range(30):
        known = chance.getrandbits(64)
        asked = known
        for bit in chance.sample(range(64), bits):
            asked ^= 1 << bit
        picture_index.put(local.catalog, [(f"{number:064x}", known, [])])
        found = picture_index.near(local.catalog, [(picture_index.Of.WHOLE, asked, 2)])
        assert (f"{number:064x}", known) in {(each.sha256, each.hash) for each in found}
        assert not picture_index.near(local.catalog, [(picture_index.Of.WINDOW, asked, 2)])


def test_the_ways_to_be_one_picture_are_named() -> None:
    assert [str(how) for how in How] == ["same", "crop"]
