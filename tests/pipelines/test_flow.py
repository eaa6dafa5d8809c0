"""Pages through the whole flow, over a real recorder, catalog and worker processes, night after night."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from archive.catalog import lookup, runs, versions
from archive.reader import ArchiveDamaged
from archive.rows import ImageRow, TextRow, VersionRow
from pipelines.memory.kept_lessons import KeptLessons
from pipelines.memory.packed_lesson import unpack
from tests.archive.material import everything
from tests.pipelines.nights import HOME, SENTENCES, SOURCE, URL, Nights, jpeg, outcome, story


def test_the_life_of_an_article(nights: Nights) -> None:
    assert outcome(nights.fetch(story())) == "archived"
    first = versions.newest_version(nights.home.catalog, str(nights.fetch(story(ad="2")).article_id))
    assert first is not None
    assert (first.title, first.byline, first.language) == (
        "Old bridge to close for two years",
        ("Jane Doe",),
        "en",
    )
    assert versions.text_by_sha256(nights.home.catalog, str(first.text_sha256)) == "\n\n".join(SENTENCES)

    nights.next_night()
    assert outcome(nights.fetch(story(ad="3"))) == "unchanged"
    assert outcome(nights.fetch(story(*SENTENCES[:-1], "The mayor said no more."))) == "archived"
    seen = nights.at

    nights.next_night()
    missed = nights.fetch(status=404)
    assert (outcome(missed), missed.changed, missed.rows) == ("gone(http_404)", False, ())
    first_missing = nights.at
    again = nights.fetch(status=404)
    assert (outcome(again), again.changed) == ("gone(http_404)", False)  # the same night proves nothing

    nights.next_night()
    removed = nights.fetch(status=410)
    assert (outcome(removed), removed.changed) == ("gone(http_410)", True)
    tomb = versions.newest_version(nights.home.catalog, str(removed.article_id))
    assert tomb is not None
    assert (tomb.removed, tomb.missing_how, tomb.last_seen_at, tomb.first_missing_at, tomb.captured_at) == (
        True,
        "http_410",
        seen,
        first_missing,
        nights.at,
    )
    article = lookup.article_of(nights.home.catalog, URL)
    assert article is not None
    assert (article.removed, article.versions) == (True, 3)

    nights.next_night()
    assert not nights.fetch(status=404).changed  # gone already
    assert outcome(nights.fetch(story(*SENTENCES[:-1], "The mayor said no more."))) == "archived"
    assert nights.history() == [(1, []), (2, ["text"]), (3, ["removed"]), (4, ["restored"])]
    article = lookup.article_of(nights.home.catalog, URL)
    assert article is not None
    assert (article.removed, article.versions) == (False, 4)


def test_a_page_of_a_source_without_memory_is_asked_what_it_teaches(nights: Nights, tmp_path: Path) -> None:
    taught = [f"Sentence {number}. {words}" for number in range(4) for words in SENTENCES]
    with KeptLessons(tmp_path, [SOURCE.name], wanted=1) as kept:
        nights.flow = replace(nights.flow, lessons=kept)
        assert outcome(nights.fetch(story(*taught))) == "archived"
        capture = lookup.closest_capture(nights.home.catalog, URL, nights.at)
        article = lookup.article_of(nights.home.catalog, URL)
        assert capture is not None
        assert article is not None
        version = versions.newest_version(nights.home.catalog, article.id)
        assert version is not None
        lesson = kept.of(capture.id, version.extractor or "")

    assert lesson is not None
    assert {block.text for block in unpack(lesson).blocks} >= set(taught)


def test_each_planted_change_makes_one_version_with_its_events(nights: Nights) -> None:
    nights.pictures[f"{HOME}img/mayor.jpg"] = jpeg(7)
    steps = [
        (story(), []),
        (story(title="Old bridge to close until 2028"), ["title"]),
        (story(title="Old bridge to close until 2028", caption="The old bridge."), ["caption"]),
        (
            story(
                title="Old bridge to close until 2028", caption="The old bridge.", picture="/img/mayor.jpg"
            ),
            ["image"],
        ),
        (
            story(*SENTENCES[1:], title="Bridge", caption="The old bridge.", picture="/img/mayor.jpg"),
            ["title", "text"],
        ),
    ]
    for body, _ in steps:
        assert outcome(nights.fetch(body)) == "archived"
        assert outcome(nights.fetch(body.replace(b"Advertisement 1", b"Advertisement 9"))) == "unchanged"
        nights.next_night()
    assert nights.history() == [(n, kinds) for n, (_, kinds) in enumerate(steps, 1)]


def test_a_picture_is_fetched_and_kept_once(nights: Nights) -> None:
    nights.fetch(story())
    assert nights.asked == [f"{HOME}img/bridge.jpg"]
    nights.fetch(story(ad="2"))
    nights.fetch(story(title="Another headline for the bridge"))
    assert nights.asked == [f"{HOME}img/bridge.jpg"]  # its bytes are known
    other = nights.fetch(story(title="A second story"), urls=(f"{HOME}2026/second",))
    assert [row for row in other.rows if isinstance(row, ImageRow)] == []  # the same bytes in another article
    (image,) = everything(nights.home.catalog)["image"]
    assert image[3:6] == (320, 240, len(jpeg(1)))
    pictures = versions.pictures_of(nights.home.catalog, str(other.article_id), 1)
    assert [(p.sha256, p.caption) for p in pictures] == [(image[0], "The bridge in March.")]


def test_a_picture_that_could_not_be_had_makes_no_event(nights: Nights) -> None:
    bridge = nights.pictures.pop(f"{HOME}img/bridge.jpg")
    assert outcome(nights.fetch(story())) == "archived"
    nights.pictures[f"{HOME}img/bridge.jpg"] = b"<html>no picture</html>"
    assert outcome(nights.fetch(story(ad="2"))) == "unchanged"
    nights.pictures[f"{HOME}img/bridge.jpg"] = bridge
    assert outcome(nights.fetch(story(ad="3"))) == "unchanged"  # the same picture, had at last
    assert nights.history() == [(1, [])]


def test_a_source_without_pictures_asks_for_none(nights: Nights) -> None:
    nights.source = SOURCE.model_copy(update={"images": SOURCE.images.model_copy(update={"enabled": False})})
    nights.fetch(story())
    assert nights.asked == []


def test_a_moved_article_keeps_its_identity(nights: Nights) -> None:
    new = f"{HOME}2026/bridge-closes"
    first = nights.fetch(story())
    nights.next_night()
    moved = nights.fetch(story(), urls=(URL, new))
    assert (outcome(moved), moved.article_id) == ("archived", first.article_id)
    assert nights.history(URL) == nights.history(new) == [(1, []), (2, ["moved"])]
    assert outcome(nights.fetch(story(), urls=(new,))) == "unchanged"
    article = lookup.article_of(nights.home.catalog, URL)
    assert article is not None
    assert article.url == new


@pytest.mark.parametrize("home", [HOME, f"{HOME}local/"])
def test_an_article_that_leads_home_is_gone(nights: Nights, home: str) -> None:
    nights.fetch(story())
    nights.next_night()
    assert outcome(nights.fetch(story(), urls=(URL, home))) == "gone(redirected_home)"
    nights.next_night()
    assert nights.fetch(story(), urls=(URL, home)).changed
    assert nights.history() == [(1, []), (2, ["removed"])]
    assert lookup.article_of(nights.home.catalog, home) is None  # the list is not the article's address


def test_many_removed_articles_that_lead_to_one_page_get_a_tombstone_each(nights: Nights) -> None:
    """Also within one commit: what stands at the end of the way is none of theirs."""
    other = f"{HOME}2026/ferry"
    first = nights.fetch(story())
    second = nights.fetch(story(title="A ferry for the summer"), urls=(other,))
    nights.next_night()
    missing: dict[str, tuple[datetime, date] | None] = {}
    for url in (URL, other):
        nights.missing = None
        assert outcome(nights.fetch(story(title="Home"), urls=(url, HOME))) == "gone(redirected_home)"
        missing[url] = nights.missing
    nights.next_night()
    for url, made in ((URL, first), (other, second)):
        nights.missing = missing[url]
        result = nights.fetch(story(title="Home"), urls=(url, HOME), commit=False)
        assert (result.article_id, result.changed) == (made.article_id, True)


def test_a_dead_old_address_removes_no_article_that_has_moved_on(nights: Nights) -> None:
    nights.fetch(story())
    new = f"{HOME}2026/bridge-to-close"
    assert outcome(nights.fetch(story(), urls=(URL, new))) == "archived"  # moved
    for _ in range(3):
        nights.next_night()
        result = nights.fetch(status=404)
        assert (outcome(result), result.changed) == ("gone(http_404)", False)
    nights.missing = None
    assert outcome(nights.fetch(story(), urls=(new,))) == "unchanged"


def test_a_home_page_that_is_broken_itself_says_nothing(nights: Nights) -> None:
    nights.fetch(story())
    assert outcome(nights.fetch(status=503, urls=(URL, HOME))) == "failed(http_503)"


def test_a_page_that_was_never_an_article_gets_no_tombstone(nights: Nights) -> None:
    for _ in range(3):
        result = nights.fetch(status=404)
        assert (outcome(result), result.changed, result.article_id) == ("gone(http_404)", False, None)
        nights.next_night()


WALL = (
    b"<html><head><title>Just a moment...</title></head><body><h1>news.example</h1>"
    b"<p>Verifying you are human. This may take a few seconds.</p></body></html>"
)


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        pytest.param(WALL, 200, "quarantined", id="a challenge"),
        pytest.param(b"", 200, "quarantined", id="nothing"),
        pytest.param(b"<html><body><p>Short.</p></body></html>", 200, "quarantined", id="next to nothing"),
        pytest.param(b"oh no", 503, "failed", id="an error"),
    ],
)
def test_what_stood_in_front_for_a_night_is_no_version(
    nights: Nights, body: bytes, status: int, expected: str
) -> None:
    nights.fetch(story())
    nights.next_night()
    result = nights.fetch(body, status=status)
    assert (str(result.outcome.kind), result.changed) == (expected, False)
    assert result.outcome.reason
    nights.next_night()
    assert outcome(nights.fetch(story(ad="4"))) == "unchanged"
    assert nights.history() == [(1, [])]


def test_characters_that_no_database_holds_stop_no_commit_and_make_no_version(nights: Nights) -> None:
    """JSON can say NUL and lone surrogates: a page with them must not block a run, nor change nightly."""
    about = {
        "@type": "NewsArticle",
        "headline": "Old bridge to\0 close for two\ud800 years",
        "author": {"name": "Jane\0 Doe"},
        "description": "A\udfff bridge\u2028 closes\x85.",
    }
    script = f'<script type="application/ld+json">{json.dumps(about)}</script></head>'
    assert "\\u0000" in script
    assert "\\ud800" in script
    body = story().replace(b"</head>", script.encode())
    assert outcome(nights.fetch(body)) == "archived"
    nights.next_night()
    assert outcome(nights.fetch(body)) == "unchanged"
    assert nights.history() == [(1, [])]
    article = lookup.article_of(nights.home.catalog, URL)
    assert article is not None
    (row,) = versions.versions_of(nights.home.catalog, article.id)
    assert (row.title, row.byline) == ("Old bridge to close for two years", ("Jane Doe",))


def test_two_looks_before_a_commit_see_each_other(nights: Nights) -> None:
    first = nights.fetch(story())
    assert outcome(nights.fetch(story(ad="2"), commit=False)) == "unchanged"
    second = nights.fetch(story(title="Another headline for the bridge"), commit=False)
    assert [row.number for row in (*first.rows, *second.rows) if isinstance(row, VersionRow)] == [1, 2]
    nights.home.committer.commit_segments(nights.home.recorder, [*first.rows, *second.rows])
    assert nights.history() == [(1, []), (2, ["title"])]


def test_text_and_article_lie_in_the_archive_before_the_result(nights: Nights) -> None:
    result = nights.fetch(story(), commit=False)
    sealed = nights.home.recorder.rotate().result(300)
    assert [row.sha256 for row in sealed.text_rows] == [
        row.text_sha256 for row in result.rows if isinstance(row, VersionRow)
    ]
    assert list(sealed.texts.values()) == ["\n\n".join(SENTENCES)]
    assert isinstance(sealed.text_rows[0], TextRow)
    for segment in sealed.segments:
        segment.path.unlink()


# ── an extractor that changed ────────────────────────────────────────────────────────────────────


def read_by_an_older_extractor(nights: Nights, article_id: str, **changes: object) -> VersionRow:
    """Say that the newest version was read by an extractor of old, which saw other things in it."""
    row = versions.newest_version(nights.home.catalog, article_id)
    assert row is not None
    old = replace(row, extractor="dateline-0+old", **changes)  # type: ignore[arg-type]
    nights.home.committer.commit_rows([old])
    nights.flow.history.forget(
        frozenset(r for r in (lookup.article_by_id(nights.home.catalog, article_id),) if r)
    )
    return old


def test_a_new_extractor_makes_no_version_of_its_own(nights: Nights) -> None:
    first = nights.fetch(story())
    read_by_an_older_extractor(
        nights, str(first.article_id), title="OLD BRIDGE", byline=(), text_sha256="0" * 64
    )
    nights.next_night()
    assert outcome(nights.fetch(story(ad="2"))) == "unchanged"
    read_by_an_older_extractor(nights, str(first.article_id), text_sha256=_text_of(nights))
    nights.next_night()
    assert outcome(nights.fetch(story(title="Another headline for the bridge"))) == "archived"
    assert nights.history() == [(1, []), (2, ["title"])]


def _text_of(nights: Nights) -> str:
    """The digest of the one text that is stored."""
    ((digest, *_),) = everything(nights.home.catalog)["text"]
    return str(digest)


def test_a_capture_that_cannot_be_read_again_is_said_so(nights: Nights, tmp_path: Path) -> None:
    first = nights.fetch(story())
    read_by_an_older_extractor(nights, str(first.article_id))
    row = versions.newest_version(nights.home.catalog, str(first.article_id))
    assert row is not None
    capture = lookup.capture_by_id(nights.home.catalog, row.capture_id)
    assert capture is not None
    path = tmp_path / "store" / capture.segment
    sound = path.read_bytes()
    path.write_bytes(sound[: capture.offset] + b"\0" * 9 + sound[capture.offset + 9 :])
    nights.next_night()
    with pytest.raises(ArchiveDamaged, match="run `dateline verify`"):
        nights.fetch(story(ad="2"))
    path.write_bytes(sound)
    nights.home.committer.commit_segments(nights.home.recorder, [])
    assert runs.ledger_of(nights.home.catalog, "run-1")[-1].outcome == "archived"
