"""Searches over SQLite and PostgreSQL: what is found, in which order, and what is not found any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from archive.catalog import rebuilding, search_index, search_reads
from archive.catalog.catalog import Catalog
from archive.catalog.schema_search import search_doc, search_month
from archive.catalog.search_parts import Order
from archive.digest import sha256_hex, url_key
from archive.rows import (
    AddressRow,
    ArticleRow,
    ClusterMemberRow,
    EventRow,
    PictureRow,
    RemovedRow,
    Row,
    TakedownRow,
    TextRow,
)
from archive.search import words
from archive.search.query import QueryError, parse
from archive.views.search import Results, Which, every_hit, search
from archive.views.viewer import Viewer
from tests.archive.material import NOON
from tests.contract.catalog_rows import Numbers, version

DAY = timedelta(days=1)
CLUSTER = "c" * 32
TEXTS = {
    "bridge": "The mayor opened the White House bridge. 中文搜索引擎",
    "closed": "The mayor closed the bridge at noon.",
    "river": "Ein Fluss in Köln, sagt der Bürgermeister.",
}
DIGESTS = {name: sha256_hex(text.encode()) for name, text in TEXTS.items()}


def text_rows() -> list[Row]:
    return [
        TextRow(sha256=digest, characters=1, segment="derived/s", offset=n, length=1)
        for n, digest in enumerate(DIGESTS.values())
    ]


def rows() -> list[Row]:
    picture = {"position": 0, "url": "https://p.example/1", "credit": None, "alt": None}
    return [
        *text_rows(),
        version(
            "a",
            1,
            text_sha256=DIGESTS["bridge"],
            title="Été à Paris",
            language="fr-CA",
            byline=("Ann Otter",),
        ),
        PictureRow(article_id="a", number=1, caption="A heron", sha256="0" * 64, **picture),
        version("a", 2, text_sha256=DIGESTS["closed"], title="Winter", captured_at=NOON + DAY),
        EventRow(article_id="a", number=2, position=0, kind="title", before="Été à Paris", after="Winter"),
        version(
            "b", 1, text_sha256=DIGESTS["river"], source="other", captured_at=NOON + 5 * DAY, language="de"
        ),
        version("c", 1, text_sha256=DIGESTS["bridge"], source="other", captured_at=NOON + 40 * DAY),
        version(
            "c", 2, source="other", title="Gone", removed=True, text_sha256=None, captured_at=NOON + 41 * DAY
        ),
        EventRow(article_id="c", number=2, position=0, kind="removed", before=None, after=None),
        *(ClusterMemberRow(article_id=name, number=1, cluster=CLUSTER, at=NOON) for name in ("b", "c")),
        AddressRow(
            url_key=url_key("https://news.example/c"),
            url="https://news.example/c",
            article_id="c",
            since=NOON,
        ),
        *(ArticleRow(id=name, source="s", url="u", first_captured_at=NOON, versions=2) for name in "abc"),
    ]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """Three articles; read only."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('search')}/catalog.db"
    else:
        template = request.getfixturevalue("postgres_template")
        address = request.getfixturevalue("postgres_server").create_database(template)
    catalog = Catalog.open(address)
    fill(catalog, Numbers())
    yield catalog
    catalog.close()


def fill(catalog: Catalog, numbers: Numbers) -> None:
    catalog.apply(numbers.entry(*rows()), {DIGESTS[name]: text for name, text in TEXTS.items()})
    assert search_index.pending(catalog) == 5
    assert search_index.fill(catalog, at_once=2) == 5
    assert search_index.pending(catalog) == 0


def found(catalog: Catalog, query: str, which: Which = Which.ALL, order: Order = Order.NEWEST) -> str:
    """Articles and numbers of all hits: `a1 b1`."""
    return names(search(Viewer(catalog), query, which=which, order=order, limit=50))


def names(results: Results) -> str:
    return " ".join(f"{hit.line.article_id}{hit.line.number}" for hit in results.hits)


FOUND = {
    "mayor": "c1 a2 a1",
    "MAYOR": "c1 a2 a1",
    '"white house"': "c1 a1",
    '"house white"': "",
    "mayor -closed": "c1 a1",
    "-mayor": "c2 b1",
    "ete": "a1",
    "title:ete": "a1",
    "title:mayor": "",
    "burgermeister OR closed": "b1 a2",
    "搜索": "c1 a1",
    "擎": "c1 a1",
    "文搜索": "c1 a1",
    "文索": "",
    "bri*": "c1 a2 a1",
    '"opened the whi"*': "c1 a1",
    "heron": "a1",
    "otter": "a1",
    "source:other": "c2 c1 b1",
    "lang:de OR lang:fr": "b1 a1",
    "event:new": "c1 b1 a1",
    "event:title": "a2",
    "event:removed": "c2",
    "has:picture": "a1",
    "has:text": "c1 b1 a2 a1",
    f"cluster:{CLUSTER} mayor": "c1",
    f"cluster:{'d' * 32}": "",
    "since:2026-03-30 until:2026-04-03": "b1 a2",
    "mayor until:2026-03-29": "a1",
    "mayor until:2026-03-29T12:00": "",
    "mayor since:2026-05": "c1",
    "": "c2 c1 b1 a2 a1",
    "(mayor OR fluss) -(closed OR house)": "b1",
}


@pytest.mark.parametrize("query", FOUND)
def test_what_is_found(filled: Catalog, query: str) -> None:
    assert found(filled, query) == FOUND[query]


def test_orders(filled: Catalog) -> None:
    assert found(filled, "mayor", order=Order.OLDEST) == "a1 a2 c1"
    best = found(filled, "noon OR bridge", order=Order.RELEVANCE).split()
    assert best.index("a2") < best.index("a1")  # which says only one of them
    assert set(found(filled, "mayor", order=Order.RELEVANCE).split()) == {"c1", "a2", "a1"}


@pytest.mark.parametrize(
    ("query", "which", "expected"),
    [
        ("mayor", Which.STANDING, "c1 a2"),
        ("house", Which.STANDING, "c1"),
        ("house", Which.PAST, "c1 a1"),  # c is gone
        ("mayor", Which.PAST, "c1"),  # a says so still
        ("closed", Which.PAST, ""),
    ],
)
def test_what_stands_and_what_was_said_then(filled: Catalog, query: str, which: Which, expected: str) -> None:
    assert found(filled, query, which) == expected


@pytest.mark.parametrize("order", Order)
def test_pages(filled: Catalog, order: Order) -> None:
    whole = found(filled, "mayor OR fluss", order=order).split()
    pages, cursor = [], None
    while True:
        page = search(Viewer(filled), "mayor OR fluss", order=order, which=Which.ALL, limit=1, cursor=cursor)
        pages.append(names(page))
        cursor = page.next
        if cursor is None:
            break
    assert pages == whole
    every = every_hit(Viewer(filled), "mayor OR fluss", order=order, which=Which.ALL)
    assert [f"{hit.line.article_id}{hit.line.number}" for hit in every] == whole
    with pytest.raises(QueryError, match="cursor: not one that this search gave"):
        search(Viewer(filled), "mayor", cursor="Z" * 12)


def test_a_hit(filled: Catalog) -> None:
    [hit] = search(Viewer(filled), "ete house", which=Which.ALL).hits
    assert [piece.text for piece in hit.title if piece.marked] == ["Été"]
    assert [piece.text for piece in hit.snippet if piece.marked] == ["House"]
    assert (hit.now, hit.gone, hit.line.source) == (False, False, "example")


class OnlyUntil:
    """Sees what was captured before the second day."""

    def sees(self, source: str, url: str, at: Any) -> bool:
        del source, url
        return bool(at <= NOON + DAY / 2)

    def tells(self, source: str, url: str) -> bool:
        del source, url
        return False


def test_what_may_not_be_seen_makes_nothing_old_and_tells_nothing(filled: Catalog) -> None:
    limited = Viewer(filled, OnlyUntil())
    assert names(search(limited, "mayor", which=Which.STANDING)) == "a1"
    assert names(search(limited, "house", which=Which.PAST)) == ""
    assert names(search(limited, "closed", which=Which.ALL)) == ""


def test_the_index_follows_the_rows(catalog: Catalog) -> None:
    numbers = Numbers()
    fill(catalog, numbers)

    def apply(*changed: Row) -> None:
        catalog.apply(numbers.entry(*changed), {DIGESTS[name]: text for name, text in TEXTS.items()})

    # Taken down: found by nobody, and again when that is lifted.
    url = "https://news.example/c"
    apply(TakedownRow(url_key=url_key(url), url=url, subject=url, reason="r", at=NOON))
    assert found(catalog, "house") == "a1"
    apply(RemovedRow(of="takedown", key=(url_key(url),)))
    assert found(catalog, "house") == "c1 a1"
    # Removed: out of the index within the same transaction.
    apply(RemovedRow(of="version", key=("c", "1")))
    assert found(catalog, "house") == "a1"
    # A text alone: its versions are indexed without it.
    apply(RemovedRow(of="text", key=(DIGESTS["river"],)))
    assert search_index.fill(catalog) == 2
    assert (found(catalog, "fluss"), found(catalog, "lang:de")) == ("", "b1")
    # Another headline under the same key.
    apply(version("a", 1, text_sha256=DIGESTS["bridge"], title="Autumn"))
    assert found(catalog, "heron OR ete") == ""
    assert search_index.fill(catalog) == 1
    assert (found(catalog, "autumn heron"), found(catalog, "ete")) == ("a1", "")
    # Nothing of it is left in the file.
    catalog.compact()
    if catalog.backend == "sqlite":
        with open(catalog.file, "rb") as stream:  # noqa: PTH123 - a database's file
            assert b"burgermeister" not in stream.read()


def test_another_method_indexes_anew(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def methods() -> set[str]:
        with catalog.read() as connection:
            return set(connection.execute(sa.select(search_month.c.method)).scalars())

    fill(catalog, Numbers())
    with monkeypatch.context() as patch:
        patch.setattr(search_index, "METHOD", "words-0")
        assert search_index.fill(catalog) == 5
        assert methods() == {"words-0"}
    assert search_index.fill(catalog) == 5
    assert methods() == {words.METHOD}
    assert found(catalog, "mayor") == "c1 a2 a1"


def test_what_is_not_told_again_to_the_word_is_written_anew(catalog: Catalog) -> None:
    fill(catalog, Numbers())
    with catalog.write() as connection:
        connection.execute(sa.update(search_doc).where(search_doc.c.number == 1).values(digest="other"))
        search_index.take_out(connection, search_index.indexed(connection, [("a", 1)]))
    search_index.fill(catalog)
    assert found(catalog, "mayor") in {"c1 a2", "c1 a2 a1"}  # PostgreSQL needs no telling


def test_a_rebuild_forgets_it(catalog: Catalog) -> None:
    fill(catalog, Numbers())
    rebuilding.begin(catalog, "file:///x", NOON)
    assert search_index.pending(catalog) == 0
    query = parse("mayor")
    assert search_reads.find(catalog, query, order=Order.NEWEST, after=None, standing=False, limit=9) == []


def test_more_versions_than_a_second_has_places(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.search.document._EACH_SECOND", 2)
    put = Numbers().entry(
        *(version(f"v{n}", 1, title="same") for n in range(5)),
        version("w", 1, captured_at=NOON + timedelta(seconds=1), title="same"),
    )
    catalog.apply(put, {})
    assert search_index.fill(catalog, at_once=4) == 6
    assert len(found(catalog, "same").split()) == 6
