"""A page of the bytes that its article was read out of before is not read again; whatever else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from archive.rows import ArticleRow, CaptureRow, PictureRow, VersionRow
from pipelines.fetched import FetchedPage
from pipelines.gate.absent import Absent, PagePrint
from pipelines.history import CatalogHistory
from pipelines.same_bytes import Standing, may_stand, stands
from pipelines.workers import Workers, WorkersClosedError
from tests.archive.material import NOON, exchange, ledger_row
from tests.pipelines.nights import SOURCE, URL, Nights, outcome, story

BODY = story()
EARLIER = NOON - timedelta(days=1)
CAPTURE = CaptureRow(
    id="a", url_key="k", url=URL, at=NOON, source="example", run_id="two", kind="revisit", status=200,
    mime="text/html", payload_sha256="same", payload_sha1="sha1:S", payload_size=len(BODY), truncated=None,
    segment="s", offset=0, length=1, payload_segment="s", payload_offset=0, payload_length=1,
)  # fmt: skip
BEFORE = replace(CAPTURE, id="b", at=EARLIER, run_id="one", kind="response")
PAGE = FetchedPage((URL,), SOURCE, exchange(URL, BODY), CAPTURE, date(2026, 3, 29))
PICTURE = PictureRow(
    article_id="k", number=1, position=0, url=f"{URL}.jpg", caption=None, credit=None, alt=None, sha256="p"
)
KNOWN = Standing(
    ArticleRow(id="k", source="example", url=URL, first_captured_at=EARLIER, versions=1),
    VersionRow(
        article_id="k", number=1, source="example", url=URL, captured_at=EARLIER, run_id="one",
        capture_id="b", extractor="e", title="t", charset="utf-8 (header)",
    ),
    (PICTURE,),
    BEFORE,
    ledger_row(URL, 0, capture=BEFORE, outcome="unchanged"),
)  # fmt: skip


def version(**changes: object) -> Callable[[Standing], Standing]:
    return lambda known: replace(known, newest=replace(known.newest, **changes))  # type: ignore[arg-type]


def ended(**changes: object) -> Callable[[Standing], Standing]:
    return lambda known: replace(known, ended=replace(known.ended, **changes))  # type: ignore[arg-type]


def pictures(*rows: PictureRow) -> Callable[[Standing], Standing]:
    return lambda known: replace(known, pictures=rows)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda known: known, True, id="read and unchanged last time"),
        pytest.param(ended(outcome="archived"), True, id="the look that brought the version"),
        pytest.param(pictures(), True, id="an article without pictures"),
        pytest.param(ended(outcome="quarantined", reason="soft_404"), False, id="not read last time"),
        pytest.param(ended(reason="page_missing"), False, id="a further page is still missing"),
        pytest.param(ended(capture_id="other"), False, id="another capture ended that look"),
        pytest.param(version(removed=True), False, id="it comes back"),
        pytest.param(version(walled=True), False, id="a wall hid the end"),
        pytest.param(version(parts=("c",)), False, id="it goes on over other pages"),
        pytest.param(version(url=f"{URL}?old"), False, id="the version was read elsewhere"),
        pytest.param(version(source="other"), False, id="another source's"),
        pytest.param(version(captured_at=NOON), False, id="newer than that look"),
        pytest.param(version(charset=None), False, id="nobody noted how it was decoded"),
        pytest.param(version(charset="cp1251 (meta)"), False, id="decoded otherwise"),
        pytest.param(pictures(replace(PICTURE, sha256=None)), False, id="a picture could not be had"),
        pytest.param(
            lambda known: replace(known, before=replace(BEFORE, payload_sha256="other")), False, id="bytes"
        ),
        pytest.param(
            lambda known: replace(known, article=replace(known.article, url=f"{URL}/moved")),
            False,
            id="the article has moved",
        ),
    ],
)
def test_what_the_last_look_must_have_been(change: Callable[[Standing], Standing], *, expected: bool) -> None:
    assert stands(PAGE, change(KNOWN)) is expected


@pytest.mark.parametrize(
    ("fields", "chosen_by", "expected"),
    [
        (("Content-Type: text/html; charset=UTF-8",), "header", True),
        (("Content-Type: text/html",), "header", False),
        (("Content-Type: text/html",), "meta", True),
        (("Content-Type: text/html; charset=koi8-r",), "meta", False),
    ],
)
def test_the_header_must_say_what_it_said(fields: tuple[str, ...], chosen_by: str, *, expected: bool) -> None:
    page = replace(PAGE, exchange=exchange(URL, BODY, headers=fields))
    assert stands(page, version(charset=f"utf-8 ({chosen_by})")(KNOWN)) is expected


def test_packed_bytes_without_their_header_are_read() -> None:
    page = replace(PAGE, exchange=exchange(URL, b"\x1f\x8b" + b"\0" * 100))
    assert not stands(page, KNOWN)


def test_a_source_that_wants_no_more_pictures_has_its_pages_read_once() -> None:
    none = SOURCE.model_copy(update={"images": SOURCE.images.model_copy(update={"enabled": False})})
    assert not stands(replace(PAGE, source=none), KNOWN)
    assert stands(replace(PAGE, source=none), pictures()(KNOWN))


def test_bytes_alone_do_not_tell_what_a_browser_or_a_redirect_shows() -> None:
    assert may_stand(PAGE)
    assert not may_stand(replace(PAGE, urls=(f"{URL}?from", URL)))
    assert not may_stand(replace(PAGE, absent=Absent(PagePrint("", ""))))
    rendered = SOURCE.model_copy(update={"render": SOURCE.render.model_copy(update={"enabled": True})})
    assert not may_stand(replace(PAGE, source=rendered))


def test_the_same_bytes_need_no_worker(nights: Nights) -> None:
    body = story(picture=None)
    assert outcome(nights.fetch(body)) == "archived"
    nights.next_night()
    away = Workers(1, 1 << 31, 60.0)
    away.close()
    nights.flow = replace(nights.flow, workers=away, history=CatalogHistory(nights.home.catalog))  # a new run
    again = nights.fetch(body)
    assert (outcome(again), again.rows, again.changed) == ("unchanged", (), False)
    assert again.article_id == nights.fetch(body).article_id
    with pytest.raises(WorkersClosedError):
        nights.fetch(story(picture=None, ad="2"))
