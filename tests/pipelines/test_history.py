"""The past of an article: the catalog's, under what this run has made and not yet committed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.article import Article, ArticleImage
from archive.digest import url_key
from archive.rows import AddressRow, ArticleRow, EventRow, ImageRow, PictureRow, VersionRow
from archive.version import Event, EventKind
from pipelines.history import CatalogHistory, Past
from pipelines.state import Picture, state_of, text_digest
from pipelines.version_rows import MadeVersion, rows_of_version
from tests.archive.material import NOON, House, exchange, house

URL, OTHER = "https://news.example/a", "https://news.example/b"
IMAGE = ImageRow(
    sha256="1" * 64,
    phash="00ff00ff00ff00ff",
    mime="image/png",
    width=1,
    height=2,
    size=3,
    first_url="https://img.example/a.png",
    first_at=NOON,
    capture_id="c",
)
ARTICLE = Article(
    URL,
    "A headline",
    "Text.",
    "x1",
    byline=("Jane",),
    published_at=NOON,
    published_raw="noon",
    language="en",
    canonical_url=URL,
    site_name="News",
    description="D",
    images=(
        ArticleImage(
            "https://img.example/a.png",
            0,
            caption="C",
            credit="J",
            alt="A",
            sha256=IMAGE.sha256,
            phash=IMAGE.phash,
        ),
        ArticleImage("https://img.example/lost.png", 1),
    ),
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    home = house(tmp_path)
    yield home
    home.die()
    home.catalog.close()


def made(
    home: House, article: Article, past: Past | None = None, *, urls: tuple[str, ...] = ()
) -> MadeVersion:
    capture = home.record(exchange(article.url, article.text.encode()))
    events = (Event(EventKind.TEXT, "before", "after"),) if past else ()
    return rows_of_version(
        past, article, capture, events=events, urls=urls, images=(IMAGE,) if not past else ()
    )


def past_of(one: MadeVersion, article: Article) -> Past:
    return Past(one.article, one.version, one.version, state_of(article))


def test_the_rows_of_a_first_version(home: House) -> None:
    one = made(home, ARTICLE, urls=(URL, OTHER))
    capture = one.version.capture_id
    assert one.rows == (
        ArticleRow(id=url_key(URL), source="example", url=URL, first_captured_at=NOON, versions=1),
        AddressRow(url_key=url_key(URL), url=URL, article_id=url_key(URL), since=NOON),
        AddressRow(url_key=url_key(OTHER), url=OTHER, article_id=url_key(URL), since=NOON),
        VersionRow(
            article_id=url_key(URL),
            number=1,
            source="example",
            url=URL,
            captured_at=NOON,
            run_id="run-1",
            capture_id=capture,
            extractor="x1",
            title="A headline",
            byline=("Jane",),
            published_at=NOON,
            published_raw="noon",
            language="en",
            canonical_url=URL,
            site_name="News",
            description="D",
            text_sha256=text_digest("Text."),
        ),
        PictureRow(
            article_id=url_key(URL),
            number=1,
            position=0,
            url="https://img.example/a.png",
            caption="C",
            credit="J",
            alt="A",
            sha256=IMAGE.sha256,
        ),
        PictureRow(
            article_id=url_key(URL),
            number=1,
            position=1,
            url="https://img.example/lost.png",
            caption=None,
            credit=None,
            alt=None,
            sha256=None,
        ),
        IMAGE,
    )


def test_the_rows_of_a_later_version_after_a_tombstone(home: House) -> None:
    first = made(home, ARTICLE, urls=(URL,))
    tomb = replace(first.version, number=2, removed=True)
    past = Past(replace(first.article, versions=2, removed=True), tomb, first.version, state_of(ARTICLE))
    later = made(home, replace(ARTICLE, url=OTHER, images=()), past, urls=(OTHER,))
    assert later.article == replace(first.article, url=OTHER, versions=3, removed=False)
    assert later.version.number == 3
    assert [row for row in later.rows if isinstance(row, EventRow)] == [
        EventRow(article_id=url_key(URL), number=3, position=0, kind="text", before="before", after="after")
    ]
    assert [row.article_id for row in later.rows if isinstance(row, AddressRow)] == [url_key(URL)]


def test_nothing_is_known_at_first(home: House) -> None:
    history = CatalogHistory(home.catalog)
    assert history.past_of((URL, OTHER)) is None
    assert history.image("1" * 64) is None
    assert not history.knows(URL)


def test_what_the_catalog_gives_is_what_was_made(home: House) -> None:
    one = made(home, ARTICLE, urls=(URL,))
    home.committer.commit_segments(home.recorder, one.rows)
    history = CatalogHistory(home.catalog)
    past = history.past_of((OTHER, URL))
    assert past == past_of(one, ARTICLE)
    assert past is not None
    assert past.state is not None
    assert past.state.pictures[0] == Picture("https://img.example/a.png", IMAGE.sha256, IMAGE.phash, "C", "J")
    assert history.knows(URL)
    assert not history.knows(OTHER)


def test_a_tombstone_is_the_newest_but_not_the_content(home: House) -> None:
    one = made(home, ARTICLE, urls=(URL,))
    tomb = VersionRow(
        article_id=one.article.id,
        number=2,
        source="example",
        url=URL,
        captured_at=NOON,
        run_id="r",
        capture_id="c",
        extractor=None,
        title="T",
        removed=True,
    )
    home.committer.commit_segments(
        home.recorder, [*one.rows, replace(one.article, versions=2, removed=True), tomb]
    )
    past = CatalogHistory(home.catalog).past_of((URL,))
    assert past is not None
    assert (past.newest, past.content, past.state) == (tomb, one.version, state_of(ARTICLE))


def test_what_this_run_made_lies_over_the_catalog_until_it_is_committed(home: House) -> None:
    history = CatalogHistory(home.catalog)
    first = made(home, ARTICLE, urls=(URL,))
    history.remember(past_of(first, ARTICLE), (URL,), (IMAGE,))
    assert history.past_of((URL,)) == past_of(first, ARTICLE)
    assert history.image(IMAGE.sha256) == IMAGE
    assert history.knows(URL)
    home.committer.commit_segments(home.recorder, first.rows)
    history.forget(frozenset({first.article}))
    assert history.past_of((URL,)) == past_of(first, ARTICLE)  # the catalog's own now

    edited = replace(ARTICLE, text="Edited.")
    second = made(home, edited, past_of(first, ARTICLE))
    history.remember(past_of(second, edited), (URL,), ())
    assert history.past_of((OTHER, URL)) == past_of(second, edited)
    fresh = CatalogHistory(home.catalog).past_of((URL,))
    assert fresh == past_of(first, ARTICLE)


def test_what_changed_while_a_commit_was_under_way_is_not_forgotten(home: House) -> None:
    """The commit of version 1 ends after version 2 was made: the next look must see version 2."""
    history = CatalogHistory(home.catalog)
    first = made(home, ARTICLE, urls=(URL,))
    history.remember(past_of(first, ARTICLE), (URL,), (IMAGE,))
    edited = replace(ARTICLE, text="Edited.")
    second = made(home, edited, past_of(first, ARTICLE), urls=(OTHER,))
    history.remember(past_of(second, edited), (URL, OTHER), ())
    history.forget(frozenset({first.article}))
    assert history.past_of((OTHER,)) == past_of(second, edited)
    history.forget(frozenset({second.article}))
    assert history.past_of((OTHER,)) is None


def test_an_article_reached_by_a_catalog_address_is_the_one_in_memory(home: House) -> None:
    one = made(home, ARTICLE, urls=(URL, OTHER))
    home.committer.commit_segments(home.recorder, one.rows)
    history = CatalogHistory(home.catalog)
    edited = replace(ARTICLE, text="Edited.")
    second = made(home, edited, past_of(one, ARTICLE))
    history.remember(past_of(second, edited), (URL,), ())
    assert history.past_of((OTHER,)) == past_of(second, edited)
