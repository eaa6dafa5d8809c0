"""Where a picture ran, for a reader: so many articles, and whether there are more."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.catalog.picture_uses import MOST_USES
from archive.rows import ImageRow, PictureRow, Row
from archive.views.pictures import picture
from archive.views.viewer import Viewer
from tests.archive.material import NOON
from tests.contract.catalog_rows import Numbers, capture, version

IMAGE = ImageRow(
    sha256="p", phash="0" * 16, mime="image/png", width=9, height=9, size=9, first_url="p.png", first_at=NOON,
    capture_id="c",
)  # fmt: skip


def shown(number: int) -> list[Row]:
    article = f"{number:04d}"
    return [
        version(article, 1, url=f"https://news.example/{number}", captured_at=NOON + timedelta(number)),
        PictureRow(article_id=article, number=1, position=0, url="p.png", caption=None, credit=None, alt=None,
                   sha256="p"),
    ]  # fmt: skip


def test_the_earliest_are_shown_and_the_reader_is_told_of_more(tmp_path: Path) -> None:
    numbers = Numbers()
    with closing(Catalog.open(f"sqlite:///{tmp_path}/catalog.db")) as catalog:
        uses = [row for number in range(MOST_USES) for row in shown(number)]
        catalog.apply(numbers.entry(IMAGE, capture("c", url="p.png"), *uses), {})
        view = picture(Viewer(catalog), "p")
        assert view is not None
        assert (len(view.uses), view.cut) == (MOST_USES, False)
        catalog.apply(numbers.entry(*shown(-1)), {})
        again = picture(Viewer(catalog), "p")
        assert again is not None
        assert [use.article_id for use in again.uses[:2]] == ["-001", "0000"]
        assert (len(again.uses), again.cut) == (MOST_USES, True)
