"""An article on several pages is one article: joined, each page a capture, read again as it was joined."""
# ruff: noqa: E501 - tables are easier to read unbroken

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.article import Article, ArticleImage
from archive.catalog import lookup, versions
from archive.digest import url_key
from archive.exchange import Exchange
from archive.rows import CaptureRow
from config.extract_rule import ExtractRule
from pipelines.extraction import Extraction
from pipelines.fields.twins import page_number
from pipelines.parts import MOST, Whole, is_further_page, joined, whole_article
from tests.archive.material import NOON, exchange
from tests.contract.catalog_rows import capture
from tests.pipelines.nights import SENTENCES, URL, Nights, outcome, story

LEAD = "Three of the seven arches of the old bridge are cracked, and the town has no money for a new one."
MORE = (
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger.",
    "The repairs will cost four million euros, half of which will be paid by the region, the mayor said.",
    "A bridge was promised thirty years ago, and three mayors have laid a first stone for it since then.",
)
LAST = (
    "The ferry will run every ten minutes from six in the morning until midnight, and it will be free.",
    "It will stop only when the river is in flood, which in most years it is for a week in the spring.",
    "The ferryman, who is the third of his family to be one, says that he has never missed a morning.",
)


def article(url: str, text: str = "", *images: str, after: str | None = None, **more: object) -> Article:
    shown = tuple(ArticleImage(image, position) for position, image in enumerate(images))
    made = Article(
        url, "Old bridge to close", text or f"What stands on {url}.", "x", images=shown, next_page_url=after
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_pages_are_joined_without_what_they_repeat() -> None:
    first = article(
        URL,
        f"{LEAD}\n\nOne.\n\nTwo.",
        "/a.jpg",
        "/b.jpg",
        after="next",
        notes=("Corrected.",),
        tags=("bridges",),
    )
    second = article(
        f"{URL}/2", f"Old bridge to close\n\n{LEAD}\n\nThree.\n\nTwo.\n\n{LEAD}", "/a.jpg", "/c.jpg"
    )
    third = article(f"{URL}/3", "Three.\n\nFour.", "/d.jpg", notes=("Corrected.", "Clarified."))
    third = replace(third, images=(replace(third.images[0], variants=("/c.jpg",)), ArticleImage("/e.jpg", 1)))
    whole = joined([first, second, third])
    # a short line may stand twice in an article; what the head of a page repeats, or is long, may not
    assert whole.text.split("\n\n") == [LEAD, "One.", "Two.", "Three.", "Two.", "Four."]
    assert [(image.url, image.position) for image in whole.images] == [
        ("/a.jpg", 0),
        ("/b.jpg", 1),
        ("/c.jpg", 2),
        ("/e.jpg", 3),
    ]
    assert (whole.url, whole.notes, whole.tags, whole.next_page_url) == (
        URL,
        ("Corrected.", "Clarified."),
        ("bridges",),
        None,
    )
    assert joined([first]) == first


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("https://a.example/story", 1),
        ("https://a.example/story/2", 2),
        ("https://a.example/story-3.html", 3),
        ("https://a.example/story/page/4/", 4),
        ("https://a.example/story?page=5&x=1", 5),
        ("https://a.example/story?page=0", 0),
        ("https://a.example/story?page=last", 0),
        ("https://a.example/?p=4711", 4711),
        ("https://a.example/story-20260301", 1),
    ],
)  # fmt: skip
def test_the_number_of_a_page(address: str, number: int) -> None:
    assert page_number(address) == number


@pytest.mark.parametrize(
    ("address", "head", "expected"),
    [
        (f"{URL}/2", URL, True),
        (f"{URL}?page=2", URL, True),
        (URL, URL, False),
        (f"{URL}-again", URL, False),
        # the next story of a site that numbers its stories
        ("https://news.example/n/13", "https://news.example/n/12", False),
    ],
)
def test_what_is_a_further_page(address: str, head: str, expected: bool) -> None:
    assert is_further_page(address, head) is expected


class Site:
    """Further pages by address; what was asked for, in order."""

    def __init__(self, *pages: Article, leads: dict[str, str] | None = None, status: int = 200) -> None:
        self.pages = {page.url: page for page in pages}
        self.leads, self.status = leads or {}, status
        self.asked: list[str] = []

    async def fetch(self, url: str) -> tuple[Exchange, CaptureRow] | None:
        self.asked.append(url)
        landed = self.leads.get(url, url)
        if landed not in self.pages:
            return None
        return exchange(landed, b"page", at=NOON, status=self.status), capture(f"c-{landed}", landed)

    async def read(self, got: Exchange, row: CaptureRow) -> Extraction:
        assert row.url == got.url
        return Extraction(self.pages[got.url])

    def whole(self, first: Article) -> Whole:
        return asyncio.run(whole_article(first, self.fetch, self.read))


def chain(count: int, *, base: str = URL, zero: bool = False) -> list[Article]:
    """Pages that each name the one after, the first without a number."""
    urls = [base, *(f"{base}?page={n - zero}" for n in range(2, count + 1))]
    return [article(url, after=after) for url, after in zip(urls, [*urls[1:], None], strict=True)]


@pytest.mark.parametrize("zero", [False, True])
def test_pages_are_followed_to_the_last(zero: bool) -> None:
    first, *further = chain(4, zero=zero)
    whole = Site(*further).whole(first)
    assert [row.url for row in whole.captures] == [page.url for page in further]
    assert whole.article.text.count("What stands on") == 4
    assert whole.missing is None


def test_no_more_pages_than_the_cap() -> None:
    first, *further = chain(14)
    site = Site(*further)
    assert len(site.whole(first).captures) == len(site.asked) == MOST - 1


def loops() -> list[tuple[str, Article, Site]]:
    one, two, three = chain(3)
    back = replace(two, next_page_url=URL)
    itself = replace(two, next_page_url=two.url)
    return [
        ("leads back to the first", one, Site(back)),
        ("names itself", one, Site(itself)),
        ("is redirected to the first", one, Site(one, leads={two.url: URL})),
        ("gives the last page for ever", one, Site(two, replace(three, text=two.text, next_page_url=f"{URL}?page=4"))),
        ("jumps ahead", one, Site(replace(two, next_page_url=f"{URL}?page=7"))),
    ]  # fmt: skip


@pytest.mark.parametrize(("first", "site"), [row[1:] for row in loops()], ids=[row[0] for row in loops()])
def test_a_chain_that_does_not_end_ends(first: Article, site: Site) -> None:
    whole = site.whole(first)
    assert len(site.asked) <= 2
    assert whole.missing is None
    assert len(whole.captures) <= 1


def test_stories_that_name_the_next_story_are_left_alone() -> None:
    first = article("https://news.example/n/12", after="https://news.example/n/13")
    site = Site(article("https://news.example/n/13"))
    assert site.whole(first) == Whole(first)
    assert site.asked == []


@pytest.mark.parametrize("broken", ["absent", "error", "elsewhere"])
def test_a_page_that_cannot_be_had_is_named(broken: str) -> None:
    first, second, third = chain(3)
    elsewhere = article("https://news.example/subscribe")
    sites = {
        "absent": Site(second),
        "error": Site(second, third, status=500),
        "elsewhere": Site(second, elsewhere, leads={third.url: elsewhere.url}),
    }
    whole = sites[broken].whole(first)
    assert whole.missing == (second.url if broken == "error" else third.url)
    assert len(whole.captures) == (0 if broken == "error" else 1)


# ── through the whole flow ───────────────────────────────────────────────────────────────────────


def numbered(number: int, *sentences: str, last: int = 3) -> bytes:
    """A page of the story, which says what comes before and after it."""
    names = {1: URL, **{n: f"{URL}?page={n}" for n in range(2, last + 1)}}
    links = "".join(
        f'<link rel="{rel}" href="{names[n]}">'
        for rel, n in (("prev", number - 1), ("next", number + 1))
        if n in names
    )
    return story(*sentences, picture=None).replace(b"</head>", links.encode() + b"</head>")


def lay_out(nights: Nights, last: tuple[str, ...] = LAST) -> bytes:
    nights.pages = {
        f"{URL}?page=2": numbered(2, SENTENCES[0], *MORE),
        f"{URL}?page=3": numbered(3, *last),
    }
    return numbered(1, *SENTENCES)


def text_of_newest(nights: Nights) -> str:
    found = lookup.article_of(nights.home.catalog, URL)
    assert found is not None
    version = versions.newest_version(nights.home.catalog, found.id)
    assert version is not None
    return versions.text_by_sha256(nights.home.catalog, str(version.text_sha256)) or ""


def test_an_article_on_three_pages_is_one(nights: Nights) -> None:
    assert outcome(nights.fetch(lay_out(nights))) == "archived"
    assert text_of_newest(nights) == "\n\n".join((*SENTENCES, *MORE, *LAST))
    found = lookup.article_of(nights.home.catalog, URL)
    assert found is not None
    version = versions.newest_version(nights.home.catalog, found.id)
    assert version is not None
    parts = [lookup.capture_by_id(nights.home.catalog, part) for part in version.parts]
    assert [part.url for part in parts if part] == [f"{URL}?page=2", f"{URL}?page=3"]
    # each page's address leads to the article, and a page that is come upon by itself is no other one
    assert lookup.article_of(nights.home.catalog, f"{URL}?page=3") == found
    alone = nights.fetch(nights.pages[f"{URL}?page=2"], urls=(f"{URL}?page=2",))
    assert (outcome(alone), alone.rows) == ("skipped(further_page)", ())

    nights.next_night()
    assert outcome(nights.fetch(lay_out(nights))) == "unchanged"
    nights.next_night()
    assert outcome(nights.fetch(lay_out(nights, (*LAST[:-1], "The ferryman is ill.")))) == "archived"
    assert nights.history() == [(1, []), (2, ["text"])]


def test_a_page_that_is_missing_makes_no_shorter_version(nights: Nights) -> None:
    first = lay_out(nights)
    del nights.pages[f"{URL}?page=3"]
    assert outcome(nights.fetch(first)) == "archived(page_missing)"
    nights.next_night()
    assert outcome(nights.fetch(lay_out(nights))) == "archived"
    nights.next_night()
    lay_out(nights)
    del nights.pages[f"{URL}?page=2"]
    assert outcome(nights.fetch(first)) == "failed(page_missing)"
    assert nights.history() == [(1, []), (2, ["text"])]
    assert text_of_newest(nights).endswith(LAST[-1])


def test_a_later_extractor_reads_all_the_pages_again(nights: Nights) -> None:
    assert outcome(nights.fetch(lay_out(nights))) == "archived"
    nights.next_night()
    rule = ExtractRule(drop=(".advert",))
    nights.source = nights.source.model_copy(update={"extract": (rule,)})
    assert outcome(nights.fetch(lay_out(nights))) == "unchanged"
    assert nights.history() == [(1, [])]


def test_a_further_page_of_an_unknown_article_is_not_lost(nights: Nights) -> None:
    second = f"{URL}?page=2"
    lay_out(nights)
    assert outcome(nights.fetch(nights.pages[second], urls=(second,))) == "archived"
    found = lookup.article_of(nights.home.catalog, second)
    assert found is not None
    assert found.id == url_key(second)


def test_moments_are_those_of_the_first_page() -> None:
    stated = datetime(2026, 3, 1, tzinfo=UTC)
    first, second = article(URL, published_at=stated, modified_at=stated), article(f"{URL}/2")
    assert (joined([first, second]).published_at, joined([first, second]).modified_at) == (stated, stated)
