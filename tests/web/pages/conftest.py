"""A reader of pages: HTML that was checked for what no page of ours may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from lxml.html import HtmlElement
from starlette.types import ASGIApp

from archive.catalog.catalog import Catalog
from archive.opening import Archive
from archive.stores.local import LocalStore
from config.settings import load_settings
from tests.cli.conftest import DemoArchive, demo_archive
from tests.web.visitor import ORIGINS, Answer, Visitor, ask
from web.app import api_app

__all__ = ["demo_archive"]

HTML = "text/html; charset=utf-8"
_ADDRESSES = ("href", "src", "action", "srcset", "formaction", "poster", "data")
_LEAVES = ("href",)  # the only attribute that may name another origin: a link does nothing by itself


@dataclass(frozen=True)
class Page:
    """A page as its reader gets it."""

    path: str
    answer: Answer
    tree: HtmlElement

    @property
    def text(self) -> str:
        return " ".join(self.tree.text_content().split())

    @property
    def main(self) -> str:
        [main] = self.tree.iter("main")
        return " ".join(main.text_content().split())

    @property
    def links(self) -> list[str]:
        """Paths within our origin, in order, each once."""
        found = [
            urljoin(f"{ORIGINS.api}{self.path}", value).partition("#")[0]
            for name in ("href", "src")
            for value in self.tree.xpath(f"//@{name}")
        ]
        own = [url.removeprefix(ORIGINS.api) or "/" for url in found if url.startswith(f"{ORIGINS.api}/")]
        return list(dict.fromkeys(own))

    def check(self) -> None:
        """Nothing that runs, nothing from elsewhere, and what every page must have."""
        policy = self.answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")
        assert self.answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in self.answer.headers
        for element in self.tree.iter():
            if not isinstance(element.tag, str):
                continue
            assert element.tag not in {"style", "object", "embed", "base", "applet", "meta-refresh"}
            assert element.tag != "script" or (element.get("src") or "").startswith("/assets/")
            assert element.tag != "script" or not (element.text or "").strip()
            assert element.tag != "iframe" or element.get("sandbox") == ""
            assert element.tag != "meta" or element.get("http-equiv") is None
            for name, value in element.attrib.items():
                assert not re.match(r"on|style$|srcdoc$", str(name)), (element.tag, name)
                if name in _ADDRESSES:
                    self._check_address(element.tag, str(name), str(value))
        assert self.tree.get("lang") == "en"
        assert len(list(self.tree.iter("h1"))) == 1
        assert len(list(self.tree.iter("main"))) == 1
        [title] = self.tree.findall("head/title")
        assert title.text
        assert all(element.get("alt") is not None for element in self.tree.iter("img"))

    def _check_address(self, tag: str, name: str, value: str) -> None:
        parts = urlsplit(urljoin(ORIGINS.api, value))
        assert parts.scheme in {"http", "https"}, (tag, name, value)
        origin = f"{parts.scheme}://{parts.netloc}"
        if tag == "iframe":
            assert origin == ORIGINS.replay
        elif tag != "a" or name not in _LEAVES:
            assert origin == ORIGINS.api, (tag, name, value)


@dataclass(frozen=True)
class PageReader:
    """Reads pages through a visitor, whose application is made once."""

    visitor: Visitor

    @cached_property
    def app(self) -> ASGIApp:
        its = self.visitor
        return api_app(
            its.archive, its.settings, ORIGINS, its.clock, sources=its.sources, searches=its.searches
        )

    def ask(self, path: str, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.app, ORIGINS.api, path, named)

    def get(self, path: str, status: int = 200) -> Page:
        answer = self.ask(path, accept="text/html")
        assert answer.status == status, (path, answer.status, answer.text[-400:])
        assert answer.headers["content-type"] == HTML, path
        page = Page(path, answer, lxml.html.document_fromstring(answer.text))
        page.check()
        return page


@pytest.fixture
def demo_pages(demo_archive: DemoArchive) -> Iterator[PageReader]:
    with demo_archive.open() as archive:
        yield PageReader(Visitor(archive, sources=load_settings(demo_archive.config).sources))


@pytest.fixture(scope="module")
def empty_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageReader]:
    folder = tmp_path_factory.mktemp("empty")
    catalog = Catalog.open(f"sqlite:///{folder}/catalog.db")
    yield PageReader(Visitor(Archive(LocalStore(folder / "store"), catalog)))
    catalog.close()
