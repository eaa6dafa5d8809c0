"""An archive with a row of every kind that the API shows, hostile texts among them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from archive.catalog import search_index
from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex, url_key
from archive.opening import Archive
from archive.rows import (
    AddressRow,
    ArticleRow,
    ClusterMemberRow,
    DocumentRow,
    EventRow,
    FrontRow,
    ImageRow,
    LedgerRow,
    PictureRow,
    Row,
    RunRow,
    TakedownRow,
    TextRow,
)
from archive.stores.local import LocalStore
from tests.archive.material import NOON
from tests.contract.catalog_rows import Numbers, capture, page, version

DAY = timedelta(days=1)
STORY, COPY, GONE = "a" * 32, "b" * 32, "c" * 32
URL, COPY_URL, GONE_URL = (f"https://news.example/{name}" for name in ("story", "copy", "gone"))
HOME = "https://news.example/"
PICTURE = "https://news.example/p.jpg"
XSS = "<script>alert(1)</script>\"'&\x1b[31m"
TEXTS = {
    "first": f"The mayor opened the old bridge at noon. {XSS}\n\nPeople crossed it on foot.",
    "second": "The mayor closed the old bridge in the evening. \ud800\n\nPeople crossed it on foot.",
}
DIGESTS = {name: sha256_hex(text.encode("utf-8", "surrogatepass")) for name, text in TEXTS.items()}
SHA = "9" * 64


def _story() -> list[Row]:
    said = {"title": f"Bridge {XSS}", "byline": (XSS,), "section": XSS, "tags": (XSS,), "standfirst": XSS}
    return [
        *(
            TextRow(sha256=digest, characters=1, segment="derived/s", offset=n, length=1)
            for n, digest in enumerate(DIGESTS.values())
        ),
        ArticleRow(id=STORY, source="times", url=URL, first_captured_at=NOON, versions=2),
        AddressRow(url_key=url_key(URL), url=URL, article_id=STORY, since=NOON),
        version(STORY, 1, source="times", url=URL, text_sha256=DIGESTS["first"], capture_id="c1", **said),
        version(
            STORY, 2, source="times", url=URL, text_sha256=DIGESTS["second"], title="=1+1",
            captured_at=NOON + DAY, capture_id="c2", edit="major", language="en",
        ),
        EventRow(article_id=STORY, number=2, position=0, kind="title", before=XSS, after="=1+1"),
        EventRow(article_id=STORY, number=2, position=1, kind="text", before="x", after="y"),
        PictureRow(
            article_id=STORY, number=1, position=0, url=PICTURE, caption=XSS, credit=XSS, alt=XSS, sha256=SHA
        ),
        ImageRow(
            sha256=SHA, phash=None, mime="image/jpeg", width=2, height=1, size=9, first_url=PICTURE,
            first_at=NOON, capture_id="c3",
        ),
        capture("c1", URL, source="times"),
        capture("c2", URL, source="times", at=NOON + DAY, offset=20),
        capture("c3", PICTURE, source="times", mime="image/jpeg", offset=40),
    ]  # fmt: skip


def _others() -> list[Row]:
    return [
        ArticleRow(id=COPY, source="post", url=COPY_URL, first_captured_at=NOON + DAY, versions=1),
        AddressRow(url_key=url_key(COPY_URL), url=COPY_URL, article_id=COPY, since=NOON),
        version(
            COPY, 1, source="post", url=COPY_URL, text_sha256=DIGESTS["first"], captured_at=NOON + DAY,
            title="A copy",
        ),
        *(
            ClusterMemberRow(article_id=name, number=1, cluster=STORY, at=NOON, containment=900, kind="near")
            for name in (STORY, COPY)
        ),
        ArticleRow(id=GONE, source="post", url=GONE_URL, first_captured_at=NOON, versions=1),
        AddressRow(url_key=url_key(GONE_URL), url=GONE_URL, article_id=GONE, since=NOON),
        version(GONE, 1, source="post", url=GONE_URL, text_sha256=DIGESTS["first"], title="A taken bridge"),
        TakedownRow(url_key=url_key(GONE_URL), url=GONE_URL, subject=GONE_URL, reason="court order", at=NOON),
    ]  # fmt: skip


def _run() -> list[Row]:
    ends = [("archived", None, URL), ("failed", "timeout", f"{HOME}{XSS}"), (None, None, f"{HOME}x")]
    return [
        RunRow(
            id="run-1", kind="manual", sources=("post", "times"), started_at=NOON, night="2026-03-29",
            finished_at=NOON + DAY, status="done",
        ),
        *(
            LedgerRow(
                run_id="run-1", url_key=url_key(url), url=url, source="times", found_by="feed",
                found_in=f"{HOME}rss", position=n, outcome=outcome, reason=reason, at=NOON,
            )
            for n, (outcome, reason, url) in enumerate(ends)
        ),
        DocumentRow(
            run_id="run-1", url_key=url_key(f"{HOME}rss"), url=f"{HOME}rss", source="times", kind="feed",
            status="ok", reason=None, found=3, fresh=3, notes=(XSS,), at=NOON,
        ),
        page(URL, source="times", article_id=STORY),
        FrontRow(
            capture_id="c4", position=0, source="times", url=HOME, url_key=url_key(HOME), at=NOON, title=XSS,
            link=URL, link_key=url_key(URL), picture=PICTURE,
        ),
        capture("c4", HOME, source="times", offset=60),
    ]  # fmt: skip


def api_archive(folder: Path) -> Archive:
    """The archive, its words indexed."""
    catalog = Catalog.open(f"sqlite:///{folder}/catalog.db")
    texts = {DIGESTS[name]: text for name, text in TEXTS.items()}
    catalog.apply(Numbers().entry(*_story(), *_others(), *_run()), texts)
    search_index.fill(catalog)
    return Archive(LocalStore(folder / "store"), catalog)
