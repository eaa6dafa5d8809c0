"""Replay shows the size of a picture that is archived, and names the style sheets that are not."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from lxml import html

from tests.archive.material import NOON
from web.replay_html import LOOKED_UP, missing_parts, replay_html
from web.replay_missing import MISSING
from web.replay_url import Replayed

SITE = "https://news.example"
REPLAYED = Replayed(f"{SITE}/page", NOON)
DATA = "data:image/gif;base64,AAAA"


def shown(markup: str, *paths: str) -> str:
    """The page, where the archive has these paths of the site."""
    archived = {f"{SITE}{path}" for path in paths}
    return replay_html(markup, REPLAYED, lambda urls: archived & set(urls))


def pictures(page: str) -> list[str]:
    """`src` and `srcset` of each picture, less what leads to the archive."""
    tree = html.document_fromstring(page)
    values = tree.xpath("//img/@src | //img/@srcset | //source/@srcset")
    return [str(value).replace(f"/web/20260329120000mp_/{SITE}", "") for value in values]


@pytest.mark.parametrize(
    ("markup", "paths", "expected"),
    [
        ("<img src=/a srcset='/b 1x, /c 2x'>", ["/c"], ["/c 2x", "/a"]),
        ("<img src=/a srcset='/b 1x, /c 2x'>", ["/a"], ["/a"]),
        ("<img src=/a srcset='/b 1x, /c 2x'>", ["/a", "/b", "/c"], ["/b 1x, /c 2x", "/a"]),
        (f"<img src='{DATA}' data-src=/late>", ["/late"], ["/late"]),
        (f"<img src='{DATA}'>", [], [DATA]),
        ("<img src=/small data-original=/big>", ["/big"], ["/big"]),
        ("<img src=/a data-srcset='/b 1x, /c 2x'>", ["/b"], ["/b 1x", "/a"]),
        ("<picture><source srcset='/w 9w' media=print><img src=/a></picture>", ["/w"], ["/w 9w", "/w"]),
        ("<picture><source srcset='/w 9w'><img src=/a></picture>", ["/a"], ["/a"]),
        ("<amp-img src=/a srcset='/b 2x'></amp-img>", ["/b"], ["/b 2x", "/a"]),
    ],
)
def test_the_archived_size_is_shown(markup: str, paths: list[str], expected: list[str]) -> None:
    assert pictures(shown(markup, *paths)) == expected


def test_a_style_sheet_that_is_not_archived_is_named_and_not_linked() -> None:
    page = shown(
        "<link rel=stylesheet href=/a.css><link rel='stylesheet alternate' href='/b.css?x=\"'>", "/a.css"
    )
    links = html.document_fromstring(page).xpath("//link")
    assert [(link.get("rel"), link.get("href"), link.get(MISSING)) for link in links] == [
        ("stylesheet", f"/web/20260329120000mp_/{SITE}/a.css", None),
        ("alternate stylesheet", None, f"{SITE}/b.css?x=%22"),
    ]


def test_the_archive_is_asked_once_and_about_so_much() -> None:
    asked: list[Collection[str]] = []

    def archived(urls: Collection[str]) -> Collection[str]:
        asked.append(urls)
        return urls

    page = "".join(f"<img src=/{n}><img src=/{n}>" for n in range(LOOKED_UP))
    replay_html(page, REPLAYED, archived)
    assert [len(urls) for urls in asked] == [LOOKED_UP // 2]
    replay_html("<p>no picture", REPLAYED, archived)
    assert len(asked) == 1


NOTHING = "data:image/svg+xml,"  # begins what is drawn in the place of a part that is not archived


@pytest.mark.parametrize(
    ("markup", "paths", "url", "said"),
    [
        ("<img src=/a srcset='/b 1x' alt='A pier'>", [], "/a", "Picture not archived: A pier"),
        ("<img src=/a alt=''>", [], "/a", "Picture not archived"),
        (f"<img src='{DATA}' data-src=/late>", [], "/late", "Picture not archived"),
        ("<picture><source srcset='/w 9w'><img src=/a></picture>", [], "/a", "Picture not archived"),
        ("<amp-img src=/a><noscript><img src=/a></noscript></amp-img>", [], "/a", "Picture not archived"),
        ("<video title='On deck'><source src=/v>No film</video>", [], "/v", "Video not archived: On deck"),
        ("<audio src=/s></audio>", ["/a"], "/s", "Sound not archived"),
    ],
)
def test_what_is_not_archived_is_marked(markup: str, paths: list[str], url: str, said: str) -> None:
    tree = html.document_fromstring(shown(f"<p>Before {markup} after", *paths))
    [mark] = tree.xpath(f"//*[@{MISSING}]")
    assert (mark.tag, mark.get(MISSING), mark.get("alt")) == ("img", f"{SITE}{url}", said)
    assert mark.get("title") == f"{said.partition(':')[0]}: {SITE}{url}"
    assert mark.get("src").startswith(NOTHING)
    assert "/web/" not in str(tree.xpath("//@src | //@srcset"))
    assert tree.text_content().split() == ["Before", "after"]


def test_a_mark_has_the_room_of_its_part_and_is_seen() -> None:
    markup = "<img src=/a class=lazy width=640 height=360 style='opacity:0;background:url(/b)' onerror=x()>"
    [mark] = html.document_fromstring(shown(markup)).xpath("//img")
    assert (mark.get("class"), mark.get("width"), mark.get("height"), mark.get("onerror")) == (
        "lazy", "640", "360", None,
    )  # fmt: skip
    assert mark.get("style").endswith("opacity:1!important;visibility:visible!important")
    assert "/web/20260329120000mp_/" in mark.get("style")


def test_a_page_tells_what_it_is_shown_without() -> None:
    page = """<link rel=stylesheet href=/a.css><link rel=stylesheet href=/b.css><link rel=icon href=/i>
        <img src=/one><img src=/one><img src=/two><video src=/film></video><img src='javascript:x'>"""
    found = missing_parts(page, REPLAYED, lambda urls: {f"{SITE}/a.css", f"{SITE}/two"} & set(urls))
    assert [(part.kind, part.url.removeprefix(SITE)) for part in found] == [
        ("style sheet", "/b.css"), ("picture", "/one"), ("video", "/film"),
    ]  # fmt: skip


def test_what_was_not_looked_up_is_not_said_to_be_missing() -> None:
    page = "".join(f"<img src=/{n}>" for n in range(LOOKED_UP + 1))
    tree = html.document_fromstring(replay_html(page, REPLAYED, lambda _: ()))
    assert len(tree.xpath(f"//*[@{MISSING}]")) == LOOKED_UP
    assert tree.xpath("//img/@src")[-1] == f"/web/20260329120000mp_/{SITE}/{LOOKED_UP}"
