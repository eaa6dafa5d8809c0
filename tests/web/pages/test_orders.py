"""Pause, resume and run now from a source's page: with the operator's token alone, from our pages alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr

from archive.catalog import orders, previews
from archive.catalog.catalog import Catalog
from archive.opening import Archive
from archive.stores.local import LocalStore
from config.settings import WebSettings
from tests.archive.material import NOON
from tests.web.pages.conftest import PageReader
from tests.web.visitor import ORIGINS, Visitor

TOKEN = "the-operator-s-token"
HERE = "/sources/example-times/orders"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageReader]:
    """A source that nobody has given an order for; the last test does."""
    folder = tmp_path_factory.mktemp("orders")
    catalog = Catalog.open(f"sqlite:///{folder}/catalog.db")
    sources = folder / "sources"
    sources.mkdir()
    (sources / "example-times.yaml").write_text(
        "name: example-times\nhomepage: https://example-times.example/\n"
    )
    settings = WebSettings(operator_token=SecretStr(TOKEN))
    yield PageReader(Visitor(Archive(LocalStore(folder / "store"), catalog), settings, sources=sources))
    catalog.close()


def post(pages: PageReader, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=pages.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGINS.api) as client:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            return await client.post(path, content=urlencode(form), headers=kind | headers)

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("path", "form", "origin", "status"),
    [
        (HERE, {"order": "pause"}, ORIGINS.api, 403),
        (HERE, {"token": "t" * 20, "order": "pause"}, ORIGINS.api, 403),
        (HERE, {"token": TOKEN, "order": "pause"}, "https://evil.example", 403),
        (HERE, {"token": TOKEN, "order": "pause"}, "null", 403),
        (HERE, {"token": "t" * 20, "order": "preview"}, ORIGINS.api, 403),
        (HERE, {"token": TOKEN, "order": "erase"}, ORIGINS.api, 400),
        (HERE, {"token": TOKEN, "order": "pause", "x": "y" * 5000}, ORIGINS.api, 400),
        ("/sources/unknown/orders", {"token": TOKEN, "order": "pause"}, ORIGINS.api, 404),
        ("/sources/example-times", {"token": TOKEN, "order": "pause"}, ORIGINS.api, 405),
        ("/", {"token": TOKEN}, ORIGINS.api, 405),
    ],
)
def test_what_is_refused_changes_nothing(
    pages: PageReader, path: str, form: dict[str, str], origin: str, status: int
) -> None:
    assert post(pages, path, form, Origin=origin).status_code == status
    catalog = pages.visitor.archive.catalog
    assert (orders.pauses(catalog), orders.waiting_requests(catalog)) == ([], [])
    assert previews.waiting(catalog) == []


def test_without_a_token_there_are_no_orders(pages: PageReader) -> None:
    read_only = PageReader(Visitor(pages.visitor.archive, sources=pages.visitor.sources))
    assert post(read_only, HERE, {"token": "", "order": "pause"}).status_code == 405
    assert not read_only.get("/sources/example-times").tree.cssselect(".act")


def test_orders_become_rows(pages: PageReader) -> None:
    catalog = pages.visitor.archive.catalog
    for order in ("pause", "run"):
        done = post(pages, HERE, {"token": TOKEN, "order": order}, Origin=ORIGINS.api)
        assert (done.status_code, done.headers["location"]) == (303, f"/sources/example-times?done={order}")
    page = pages.get("/sources/example-times?done=pause")
    assert "It is paused" in page.main
    assert [button.get("value") for button in page.tree.cssselect(".act button")] == [
        "run",
        "preview",
        "resume",
    ]
    done = post(pages, HERE, {"token": TOKEN, "order": "preview"}, Origin=ORIGINS.api)
    assert done.headers["location"] == "/sources/example-times?done=preview"
    [asked] = previews.waiting(catalog)
    assert (asked.source, asked.actor) == ("example-times", "web")
    shown = pages.get("/sources/example-times?done=preview")
    assert "A preview is asked for" in shown.main
    assert "begins with it at its next tick" in shown.main
    previews.fail(catalog, asked, "its file cannot be read", NOON)
    assert "There is no preview: its file cannot be read" in pages.get("/sources/example-times").main
    [request] = orders.waiting_requests(catalog)
    assert request.sources == ("example-times",)
    assert post(pages, HERE, {"token": TOKEN, "order": "resume"}).status_code == 303
    assert [row.lifted_at is None for row in orders.pauses(catalog)] == [False]
