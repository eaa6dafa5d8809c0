"""Pages of an archive with nothing in it, and of one whose rules or takedowns hide what there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.catalog import lookup, versions
from archive.catalog.catalog import Catalog
from archive.erasure.takedown import Request, take_down
from archive.stores.local import LocalStore
from config.sections import AccessRule, WebSettings
from tests.archive.newsroom import Newsroom, Story
from tests.web.pages.conftest import PageReader
from tests.web.visitor import Visitor

EMPTY = ("/", "/search", "/search?q=word", "/fronts", "/pictures", "/sources", "/runs", "/lookup",
         "/lookup?url=https://a.example/")  # fmt: skip
SECRET = Story(
    "https://ever.example/secret",
    "The secret headline",
    "A secret text.",
    pictures={"https://ever.example/s.png": b"\x89PNG s"},
)
OPEN = Story(
    "https://ever.example/open",
    "The open headline",
    "An open text.",
    pictures={"https://ever.example/o.png": b"\x89PNG o"},
)


@pytest.mark.parametrize("path", EMPTY)
def test_nothing_is_there_yet(empty_pages: PageReader, path: str) -> None:
    assert empty_pages.get(path).tree.cssselect(".empty, form, .known")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Two stories; the last test takes one of them down."""
    folder = tmp_path_factory.mktemp("room")
    catalog = Catalog.open(f"sqlite:///{folder}/catalog.db")
    made = Newsroom(LocalStore(folder / "store"), catalog, folder / "spool")
    made.night(0, SECRET, OPEN)
    yield made
    made.catalog.close()


def reader(room: Newsroom, *rules: AccessRule) -> PageReader:
    return PageReader(Visitor(room.archive, WebSettings(access=rules)))


def own_paths(room: Newsroom) -> list[str]:
    """The addresses of everything about the secret story."""
    article = lookup.article_of(room.catalog, SECRET.url)
    assert article is not None
    [picture] = versions.pictures_of(room.catalog, article.id, 1)
    return [
        f"/article/{article.id}",
        f"/article/{article.id}/1",
        f"/article/{article.id}/1/cite",
        f"/article/{article.id}/1.txt",
        f"/article/{article.id}/1.json",
        f"/article/{article.id}/1/citation.wacz",
        f"/view/2026/{SECRET.url}",
        f"/picture/{picture.sha256}",
        f"/pictures/{picture.sha256}",
    ]


LISTS = ("/", "/pictures", "/search?q=headline", "/runs/run-0", f"/lookup?url={SECRET.url}")


def test_without_rules_all_is_shown(room: Newsroom) -> None:
    pages = reader(room)
    assert {pages.ask(path).status for path in own_paths(room)} == {200}
    assert "secret" in pages.get("/").main


@pytest.mark.parametrize(
    ("access", "status", "told"), [("exclude", 404, "Never seen"), ("block", 451, "Not shown")]
)
def test_what_rules_hide_is_on_no_page(room: Newsroom, access: str, status: int, told: str) -> None:
    rule = AccessRule.model_validate({"prefix": "https://ever.example/s", "access": access})
    pages = reader(room, rule)
    assert {path: pages.ask(path).status for path in own_paths(room)} == dict.fromkeys(
        own_paths(room), status
    )
    for path in LISTS[:-1]:
        page = pages.get(path)
        assert "ecret" not in page.main
    assert pages.get(LISTS[-1]).tree.cssselect("#known")[0].text == told
    assert "The open headline" in pages.get("/").main


def test_an_embargo_holds_for_pages(room: Newsroom) -> None:
    pages = PageReader(
        Visitor(room.archive, WebSettings(access=(AccessRule(embargo=86_400.0),)), clock=room.clock)
    )
    assert pages.ask(own_paths(room)[0]).status == 404
    assert "headline" not in pages.get("/").main


def test_what_was_taken_down_is_on_no_page(room: Newsroom) -> None:
    paths = own_paths(room)
    by = Request("tester", "a court said so")
    take_down(room.catalog, room.committer(), room.clock, SECRET.url, by)
    pages = reader(room)
    assert {path: pages.ask(path).status for path in paths} == dict.fromkeys(paths, 451)
    assert "a court said so" in pages.get(paths[0], 451).main
    assert "a court said so" in pages.get(LISTS[-1]).main
    for path in ("/", "/pictures", "/search?q=headline"):
        assert "ecret" not in pages.get(path).main
