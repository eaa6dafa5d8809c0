"""The index of copies on both databases, against a plain search through everything."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

from archive.catalog import fingerprints, postings
from archive.catalog.catalog import Catalog
from archive.catalog.postings import Kept, Question, Sizes, Truths
from archive.catalog.schema_links import fingerprint_run
from archive.catalog.sketches import Sketched, signed
from tests.archive.material import NOON

TEXTS, BATCH, KEYS = 90, 9, 5
NONE = 10**6


def any_shared(shared: NDArray[np.int64], _asked: Sizes, _found: Sizes) -> Truths:
    return shared > 0


def texts(seed: int) -> list[tuple[int, Sketched]]:
    """(period, text): keys out of few, so that many are shared; two versions of some articles."""
    chance = random.Random(seed)
    return [
        (
            chance.randrange(3),
            Sketched(
                article_id=f"{n // 2:032x}",
                number=n % 2 + 1,
                source=f"source-{n % 4}",
                at=NOON + timedelta(hours=n),
                shingles=100,
                keys=np.array(sorted(chance.sample(range(60), KEYS)), np.uint64),
            ),
        )
        for n in range(TEXTS)
    ]


def enter(catalog: Catalog, all_texts: list[tuple[int, Sketched]], kept: Kept) -> None:
    for start in range(0, len(all_texts), BATCH):
        batch = all_texts[start : start + BATCH]
        for period in range(3):
            fingerprints.put(catalog, period, signed([text for of, text in batch if of == period]), kept)


def found(
    catalog: Catalog, asked: list[Sketched], periods: tuple[int, ...], kept: Kept, within: timedelta | None
) -> set[tuple[int, str, int]]:
    question = Question(signed(asked), [periods] * len(asked), within)
    near = fingerprints.candidates(catalog, question, any_shared, kept)
    assert all(near.promising)
    rows = list(zip(near.asked, near.articles, near.numbers, strict=True))
    assert len(rows) == len(set(rows))
    return set(rows)


def expected(
    all_texts: list[tuple[int, Sketched]],
    asked: list[Sketched],
    periods: tuple[int, ...],
    within: timedelta | None,
) -> set[tuple[int, str, int]]:
    return {
        (number, other.article_id, other.number)
        for number, one in enumerate(asked)
        for period, other in all_texts
        if period in periods
        and other.article_id != one.article_id
        and set(one.keys.tolist()) & set(other.keys.tolist())
        and (within is None or abs(one.at - other.at) <= within)
    }


def counts(catalog: Catalog) -> tuple[int, int]:
    """(runs, texts) in the index."""
    with catalog.read() as connection:
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(fingerprint_run.c.texts), 0))
        row = connection.execute(query.select_from(fingerprint_run)).one()
    return int(row[0]), int(row[1])


@pytest.mark.parametrize(
    ("within", "full", "most"),
    [
        pytest.param(None, NONE, postings.MOST_KEPT, id="ever"),
        pytest.param(timedelta(hours=30), NONE, postings.MOST_KEPT, id="within a window"),
        pytest.param(None, 60, postings.MOST_KEPT, id="full runs"),
        pytest.param(None, NONE, 2_000, id="more than a reader keeps"),
    ],
)
def test_whoever_shares_keys_is_found(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, within: timedelta | None, full: int, most: int
) -> None:
    monkeypatch.setattr(postings, "_FULL", full)
    monkeypatch.setattr(postings, "_COMMON", NONE)
    kept, all_texts = Kept(most), texts(1)
    asked = [text for _, text in all_texts[::3]]
    enter(catalog, all_texts[:45], kept)
    assert found(catalog, asked, (0, 2), kept, within) == expected(all_texts[:45], asked, (0, 2), within)
    enter(catalog, all_texts, Kept())  # as another process, which merges what `kept` has read
    assert found(catalog, asked, (0, 1, 2), kept, within) == expected(all_texts, asked, (0, 1, 2), within)
    runs, entered = counts(catalog)
    assert entered == TEXTS  # each once, also those that were put twice
    assert runs <= (3 * 3 * 3 if full == NONE else TEXTS * KEYS // full + 27)


def test_what_is_forgotten_leaves_nothing(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "_COMMON", NONE)
    kept, all_texts = Kept(), texts(2)
    enter(catalog, all_texts, kept)
    gone = {(text.article_id, text.number) for _, text in all_texts[10:80:4]}
    with catalog.write() as connection:
        postings.forget(connection, gone)
        postings.forget(connection, [("f" * 32, 1)])  # was never in
    left = [(of, text) for of, text in all_texts if (text.article_id, text.number) not in gone]
    asked = [text for _, text in all_texts]
    assert found(catalog, asked, (0, 1, 2), kept, None) == expected(left, asked, (0, 1, 2), None)
    assert counts(catalog)[1] == len(left)
    size = sa.select(
        sa.func.sum(fingerprint_run.c.size), sa.func.sum(sa.func.length(fingerprint_run.c.postings))
    )
    with catalog.read() as connection:
        assert tuple(connection.execute(size).one()) == (len(left) * KEYS, len(left) * KEYS * 8)
    names = [(text.article_id, text.number) for of, text in all_texts if of == 1]
    unknown = fingerprints.unknown(catalog, 1, names, kept)
    assert unknown == gone & set(names)


def test_periods_go_as_a_whole(catalog: Catalog) -> None:
    kept, all_texts = Kept(), texts(3)
    enter(catalog, all_texts, kept)
    for period in range(3):
        fingerprints.mark_whole(catalog, period, "method")
    fingerprints.drop_before(catalog, 2)
    assert fingerprints.whole_periods(catalog, "method") == {2}
    asked = [text for _, text in all_texts]
    assert found(catalog, asked, (0, 1), kept, None) == set()
    assert counts(catalog)[1] == sum(of == 2 for of, _ in all_texts)
    assert fingerprints.whole_periods(catalog, "another") == set()
    assert counts(catalog) == (0, 0)


def test_a_formula_makes_no_candidates_but_a_text_that_is_everywhere_does(catalog: Catalog) -> None:
    ids = [f"{n:032x}" for n in range(100)]
    wide = [  # nine keys of their own, and key 0, which all have
        Sketched(name, 1, "s", NOON, 100, np.array([0, *range(1000 + 9 * n, 1009 + 9 * n)], np.uint64))
        for n, name in enumerate(ids[:50])
    ]
    fingerprints.put(catalog, 0, signed(wide), Kept())
    assert found(catalog, wide, (0,), Kept(), None) == set()
    same = [wide[0]._replace(article_id=name) for name in ids[50:]]
    fingerprints.put(catalog, 1, signed(same), Kept())
    assert len(found(catalog, same[:2], (1,), Kept(), None)) == 2 * 49


def test_nothing_is_asked_of_an_empty_index(catalog: Catalog) -> None:
    asked = [text for _, text in texts(4)][:3]
    assert found(catalog, asked, (0, 1), Kept(), None) == set()
    assert found(catalog, [], (0,), Kept(), None) == set()
    without_keys = [asked[0]._replace(keys=np.empty(0, np.uint64), shingles=0)]
    fingerprints.put(catalog, 0, signed(without_keys), Kept())
    assert counts(catalog) == (1, 1)
    assert found(catalog, without_keys, (0,), Kept(), None) == set()
