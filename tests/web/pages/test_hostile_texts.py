"""Texts that would be markup or script, planted in every field that a page shows, show as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from archive.catalog import lookup, previews, versions
from archive.catalog.catalog import Catalog
from archive.catalog.previews import PreviewRequest
from archive.clock import SystemClock
from archive.digest import url_key
from archive.preview import (
    PreviewedAddress,
    PreviewedDocument,
    PreviewedPage,
    PreviewResult,
    written,
)
from archive.rows import (
    AlarmRow,
    ClusterMemberRow,
    DocumentRow,
    EventRow,
    FindRow,
    FrontRow,
    LedgerRow,
    PauseRow,
    PhaseRow,
    PictureRow,
    RunRow,
    TakedownRow,
    VersionRow,
)
from archive.stores.local import LocalStore
from config.saved_search import SavedSearch
from config.settings import WebSettings
from tests.archive.newsroom import Newsroom, Story
from tests.web.pages.conftest import PageReader
from tests.web.visitor import Visitor

SOURCE = "hostile-news"
ONE, TWO = "https://hostile.example/one", "https://hostile.example/two"
FRONT = "https://hostile.example/"
PICTURE = "https://hostile.example/p.png"
TEXTS = {
    "element": "<script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x="',
    "quote": "' autofocus onfocus='alert(1)",
    "template": "{{ 7 * 7 }}{% raw %}<b>",
    "closing": "</title></textarea></style></script><svg onload=alert(1)>",
    "address": "javascript:alert(1)",
    "entity": "&lt;b&gt;&#60;script&#62;",
    "direction": "\u202e\u2066<u>gnp\u2069",
    "unseen": "a\x00b\x1b[31m\x7f\ud800<i>",
}
LINK = "javascript:alert(document.domain)"


SAID = " ¦ ".join(TEXTS.values()).replace("\x00", "").encode("utf-8", "replace").decode()
SHOWN = " ".join(SAID.split())
SEARCHES = (SavedSearch(name="watched", query=f'"{TEXTS["element"]}" {TEXTS["handler"]}'),)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageReader]:
    folder = tmp_path_factory.mktemp("hostile")
    room = Newsroom(
        LocalStore(folder / "store"), Catalog.open(f"sqlite:///{folder}/catalog.db"), folder / "spool"
    )
    story = Story(ONE, f"{SAID} then", f"{SAID}\n\nAnd {SAID}", SOURCE, {PICTURE: b"\x89PNG one"})
    with room.writing(0) as night:
        night.look(story)
        night.look(replace(story, url=TWO, pictures={}))
    with room.writing(1) as night:
        night.look(replace(story, title=f"{SAID} now", text=f"{SAID} changed\n\nAnd {SAID} more"))
    _plant(room, SAID)
    sources = folder / "sources"
    sources.mkdir()
    title = json.dumps(SAID[:200])
    (sources / f"{SOURCE}.yaml").write_text(f"name: {SOURCE}\nhomepage: {FRONT}\ntitle: {title}\n")
    token = SecretStr("operator-token-of-tests")
    yield PageReader(
        Visitor(room.archive, WebSettings(operator_token=token), sources=sources, searches=SEARCHES)
    )
    room.catalog.close()


def _plant(room: Newsroom, said: str) -> None:
    """Every field of every row that a page shows."""
    now = room.clock.now()
    article = lookup.article_of(room.catalog, ONE)
    copy = lookup.article_of(room.catalog, TWO)
    assert article is not None
    assert copy is not None
    every = [row for each in (article, copy) for row in versions.versions_of(room.catalog, each.id)]
    rows: list[Any] = [_filled(row, said) for row in every]
    newest = rows[1]
    rows += [
        EventRow(article_id=article.id, number=2, position=n, kind=kind, before=said, after=f"{said} then")
        for n, kind in enumerate(("title", "byline", said))
    ]
    rows += [
        replace(row, caption=said, credit=said, alt=said, embedded_caption=said, embedded_credit=said)
        for number in (1, 2)
        for row in versions.pictures_of(room.catalog, article.id, number)
    ]
    rows.append(
        PictureRow(
            article_id=article.id,
            number=2,
            position=7,
            url=LINK,
            caption=said,
            credit=said,
            alt=said,
            sha256=None,
        )
    )
    rows += [
        ClusterMemberRow(
            article_id=each.id, number=9, cluster=article.id, kind=said, containment=900, agency=said, at=now
        )
        for each in (article, copy)
    ]
    rows += [
        FrontRow(capture_id=newest.capture_id, position=n, source=SOURCE, url=FRONT, url_key=url_key(FRONT),
                 at=now, title=said, link=link, link_key=url_key(link), picture=LINK)
        for n, link in enumerate((ONE, LINK))
    ]  # fmt: skip
    run = RunRow(
        id="run-of-texts", kind=said, sources=(SOURCE,), started_at=now, status=said, night="2026-01-03"
    )
    rows += [run, AlarmRow(id="a", subject=SOURCE, kind=said, severity=said, message=said, raised_at=now)]
    rows.append(AlarmRow(id="b", subject="", kind=said, severity=said, message=said, raised_at=now))
    rows.append(PauseRow(source=SOURCE, since=now, until=None, actor=said, reason=said))
    rows += [
        LedgerRow(run_id=run.id, url_key=url_key(url), url=url, source=SOURCE, found_by=said, found_in=LINK,
                  position=n, outcome="failed", reason=said, at=now + timedelta(seconds=1))
        for n, url in enumerate((ONE, f"https://hostile.example/{said}", LINK))
    ]  # fmt: skip
    rows.append(
        DocumentRow(run_id=run.id, url_key=url_key(LINK), url=LINK, source=SOURCE, kind=said, status="failed",
                    reason=said, found=1, fresh=1, notes=(said,), at=now)
    )  # fmt: skip
    rows += [
        FindRow(search="watched", article_id=each.id, number=1, at=now, alarm_id="c")
        for each in (article, copy)
    ]
    down = "https://hostile.example/down"
    rows.append(TakedownRow(url_key=url_key(down), url=down, subject=down, reason=said, at=now))
    rows.append(PhaseRow(run_id="run-0", name=said, count=1, total=9, median=9, p95=9, longest=9))
    room.committer().commit_rows(rows)
    _preview(room, said)


def _preview(room: Newsroom, said: str) -> None:
    """A preview with the text in every field."""
    request = PreviewRequest(SOURCE, "preview-1", SystemClock().now(), said)  # the pages' clock
    previews.ask(room.catalog, request)
    result = PreviewResult(
        "0" * 64,
        found=9,
        left=((said, 3),),
        documents=(PreviewedDocument(LINK, said, said, notes=(said,)), PreviewedDocument(said, said)),
        pages=(PreviewedPage(LINK, said, said, said, said, said),),
        addresses=(PreviewedAddress(f"https://hostile.example/{said}", said),),
        warnings=(said,),
    )
    previews.answer(room.catalog, request, written(result), room.clock.now())


def _filled(row: VersionRow, said: str) -> VersionRow:
    """A version with the text in every field that holds words."""
    kept = {"article_id", "source", "run_id", "capture_id", "text_sha256", "url", "title"}
    words = {
        field.name: said
        for field in fields(row)
        if field.type in {"str", "str | None"} and field.name not in kept
    }
    lists = {field.name: (said, said) for field in fields(row) if field.type == "tuple[str, ...]"}
    return replace(row, **words | lists | {"canonical_url": LINK, "silent": True, "parts": ()})


PAGES = {  # path: how often the texts must be there at least
    "/": 2,
    "/night/2026-01-03": 2,
    "/article/{id}": 12,
    "/article/{id}/1": 10,
    "/article/{id}/compare": 3,
    "/article/{id}/compare?as=sentences": 3,
    "/article/{id}/2/cite": 1,
    "/view/2026/{url}": 0,
    "/sources": 1,
    f"/sources/{SOURCE}": 13,
    "/runs": 1,
    "/runs/run-of-texts": 5,
    "/fronts": 2,
    f"/fronts/{SOURCE}": 1,
    "/pictures?day=2026-01-01": 0,
    "/pictures/{sha256}": 2,
    "/lookup?url={url}": 2,
    "/lookup?url=https://hostile.example/down": 1,
    "/searches": 1,
    "/searches/watched": 1,
    "/search?q=alert": 0,
    "/search?q={text}": 0,
}


@pytest.mark.parametrize("path", PAGES)
def test_planted_texts_show_as_text(hostile: PageReader, path: str) -> None:
    catalog = hostile.visitor.archive.catalog
    article = lookup.article_of(catalog, ONE)
    assert article is not None
    [picture] = versions.pictures_of(catalog, article.id, 1)
    asked = path.format(id=article.id, url=ONE, sha256=picture.sha256, text=quote(SAID[:400]))
    page = hostile.get(asked, 400 if "{text}" in path else 200)  # which checks that nothing of them runs
    assert page.text.count(SHOWN) >= PAGES[path]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "path",
    [
        "/runs/{}",
        "/sources/{}",
        "/lookup?url={}",
        "/searches/{}",
        "/searches/watched?cursor={}",
        "/night/{}",
        "/fronts?at={}",
        "/search?q={}",
        "/search?source={}",
    ],
)
def test_what_is_asked_is_told_as_text(hostile: PageReader, path: str, name: str) -> None:
    asked = path.format(quote(TEXTS[name], safe="", errors="replace"))
    answer = hostile.ask(asked, accept="text/html")
    assert answer.status < 500
    hostile.get(asked, answer.status)
