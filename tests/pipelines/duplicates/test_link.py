from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from archive.catalog import clusters, fingerprints, rebuilding
from archive.catalog.schema_links import cluster_member, fingerprint_run
from archive.catalog.sketches import names
from archive.catalog.versions import versions_of
from archive.clock import SystemClock
from archive.digest import url_key
from archive.export.json_lines import export_lines
from archive.opening import Archive
from archive.rebuild.run import rebuild
from archive.rows import RemovedRow, TakedownRow
from archive.verify.run import verify
from pipelines.duplicates.link import Linker
from pipelines.duplicates.similar import similar_articles
from pipelines.duplicates.window import Window
from tests.archive.material import House, everything, silent
from tests.pipelines.duplicates.stories import MARCH, Dies, Stories, stories_over, story

A, B, C = "https://alpha.example/1", "https://beta.example/1", "https://gamma.example/1"


def cut(text: str, share: float = 0.5) -> str:
    return " ".join(text.split()[: round(len(text.split()) * share)])


def test_copies_of_all_kinds_lead_to_the_first(stories: Stories) -> None:
    wire = story(1)
    stories.publish(B, f"{story(2, 30)} {wire}", 1, agency=("dpa",))
    stories.publish(A, wire, 0)
    stories.publish(C, cut(wire), 2)
    stories.publish("https://delta.example/1", story(3), 0)
    done = stories.link()
    assert (done.versions, done.articles) == (4, 3)
    assert stories.clusters() == {frozenset({A, B, C})}
    rows = stories.members()
    assert {row.cluster for url, row in rows.items() if url in {A, B, C}} == {url_key(A)}
    assert (rows[B].kind, rows[B].linked_to, rows[B].agency) == ("near", url_key(A), "dpa")
    assert (rows[C].kind, rows[C].containment) == ("near", 1000)
    [cluster] = clusters.newest_clusters(stories.catalog, since=None, source="beta", limit=5)
    assert (cluster.first.url, cluster.agency) == (A, "dpa")
    assert clusters.newest_clusters(stories.catalog, since=None, source="delta", limit=5) == []
    assert stories.link().versions == 0


def test_clusters_grow_and_are_joined_by_what_connects_them(stories: Stories) -> None:
    one, other = story(1), story(2)
    stories.publish(B, one, 1)
    stories.publish(C, other, 2)
    stories.link()
    assert stories.clusters() == set()
    stories.publish(A, f"{one} {other}", 3)
    stories.link()
    assert stories.clusters() == {frozenset({A, B, C})}
    assert {row.cluster for row in stories.members().values()} == {url_key(B)}
    stories.publish("https://early.example/1", one, 0)  # an import brings what was there before
    stories.link()
    assert {row.cluster for row in stories.members().values()} == {url_key("https://early.example/1")}


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_does_not_change_what_is_together(tmp_path: Path, seed: int) -> None:
    wires = [story(n) for n in range(3)]
    texts = [
        (f"https://s{n}.example/{n}", f"{story(100 + n, 20)} {cut(wires[n % 3], 0.5 + n / 30)}", n / 3)
        for n in range(12)
    ]
    expected = {frozenset(url for n, (url, _, _) in enumerate(texts) if n % 3 == wire) for wire in range(3)}
    shuffled = random.Random(seed).sample(texts, len(texts))
    with stories_over(f"sqlite:///{tmp_path}/catalog.db", tmp_path) as stories:
        for count, (url, text, day) in enumerate(shuffled):
            stories.publish(url, text, day)
            if count % (seed + 2) == 0:
                stories.link()
        stories.link()
        assert stories.clusters() == expected
        firsts = {
            min(group, key=lambda url: next(day for one, _, day in texts if one == url)) for group in expected
        }
        assert {row.cluster for row in stories.members().values()} == {url_key(url) for url in firsts}


def test_every_version_is_compared_and_none_with_its_own_article(stories: Stories) -> None:
    wire = story(1)
    stories.publish(A, story(2), 0)
    stories.link()
    stories.publish(A, wire, 1)
    stories.link()
    assert stories.clusters() == set()
    stories.publish(B, wire, 2)
    stories.link()
    assert stories.clusters() == {frozenset({A, B})}
    assert stories.members()[A].number == 2


def test_pages_of_one_template_and_furniture_do_not_link(stories: Stories) -> None:
    furniture, frame = story(50, 120), story(51, 200).split()
    for n in range(8):
        stories.publish(f"https://alpha.example/story/{n}", f"{story(n, 60)} {furniture}", n)
        filled = [f"{n}{place}" if place % 12 == 0 else word for place, word in enumerate(frame)]
        stories.publish(f"https://alpha.example/weather/{n}", " ".join(filled), n)
    stories.publish(B, f"{story(3, 60)} {story(60, 20)}", 9)  # a copy of the story without the furniture
    stories.link()
    assert stories.clusters() == {frozenset({"https://alpha.example/story/3", B})}


def test_a_rare_template_is_seen_by_what_is_like_it(local: Stories) -> None:
    frame = story(51, 200).split()
    for n in range(90):
        local.publish(f"https://alpha.example/story/{n}", story(n, 80), n / 4)
    for n in range(5):
        filled = [f"{n}{place}" if place % 12 == 0 else word for place, word in enumerate(frame)]
        local.publish(f"https://alpha.example/weather/{n}", " ".join(filled), n * 4)
    local.link()
    assert local.clusters() == set()


def test_the_same_text_is_a_copy_whatever_else_repeats_it(local: Stories) -> None:
    for n in range(6):
        local.publish(f"https://alpha.example/{n}", story(1), n)
    local.link()
    assert local.clusters() == {frozenset(local.numbers)}


def signs(first: int, kinds: int, count: int) -> str:
    """A text without spaces, of letters that follow each other from `first` on."""
    chance = random.Random(first)
    return "".join(chr(first + chance.randrange(kinds)) for _ in range(count))


UNSPACED = [
    pytest.param(signs(0x4E00, 3000, 300), id="Chinese"),
    pytest.param(signs(0x0E01, 46, 900), id="Thai"),
    pytest.param(signs(0x3041, 80, 300), id="Japanese"),
]


@pytest.mark.parametrize("text", UNSPACED)
def test_scripts_without_spaces_link(local: Stories, text: str) -> None:
    local.publish(A, text, 0)
    local.publish(B, text[len(text) // 3 :], 1)
    local.publish(C, "".join(reversed(text)), 1)
    local.link()
    assert local.clusters() == {frozenset({A, B})}


@pytest.mark.parametrize(("days", "apart", "together"), [(30, 29, True), (30, 31, False), (None, 900, True)])
def test_copies_are_looked_for_within_the_window(
    stories: Stories, days: int | None, apart: int, together: bool
) -> None:
    stories.publish(B, story(1), apart)
    stories.link(days)
    stories.publish(A, story(1), 0)  # captured long before, imported later
    stories.link(days)
    assert bool(stories.clusters()) is together


def test_another_window_makes_the_index_anew(stories: Stories) -> None:
    stories.publish(A, story(1), 0)
    stories.link(10)
    stories.publish(B, story(1), 25)
    stories.link(None)
    assert stories.clusters() == {frozenset({A, B})}


def test_old_periods_leave_the_index(local: Stories) -> None:
    local.home.clock.moment = MARCH
    local.publish(A, story(1), 0)
    local.link()
    assert _count(local) == (1, 16)
    local.home.clock.moment = MARCH.replace(year=2027)
    local.publish(B, story(2), 365)
    local.link()
    assert _count(local) == (1, 16)
    local.publish(C, story(1), 3)  # what was forgotten is entered again where it is needed
    local.link()
    assert local.clusters() == {frozenset({A, C})}


def _count(stories: Stories) -> tuple[int, int]:
    with stories.catalog.read() as connection:
        found = [
            connection.execute(sa.select(counted)).scalar_one()
            for counted in (sa.func.sum(fingerprint_run.c.texts), sa.func.sum(fingerprint_run.c.size))
        ]
    return found[0], found[1]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_what_a_kill_left_is_linked_by_the_next(
    local: Stories, monkeypatch: pytest.MonkeyPatch, after: int, late: bool
) -> None:
    monkeypatch.setattr("pipelines.duplicates.link._BATCH", 3)
    for n in range(10):
        local.publish(f"https://s{n}.example/{n}", f"{story(n, 20)} {story(100 + n % 2)}", n)
    local.commit()
    dying = Dies(local.home.committer, after, late=late)
    with pytest.raises(KeyboardInterrupt):
        Linker(local.catalog, dying, local.home.clock, 30).link()
    local.link()
    assert sorted(map(len, local.clusters())) == [5, 5]
    assert {row.number for row in local.members().values()} == {1}


def test_rebuild_gives_the_links_and_the_index_fills_itself(stories: Stories) -> None:
    stories.publish(A, story(1), 0)
    stories.publish(B, story(1) + " " + story(9, 20), 1)
    stories.link()
    before = everything(stories.catalog)
    fingerprints.empty(stories.catalog)
    stories.home.die()
    rebuild(stories.home.store, stories.catalog, silent)
    assert rebuilding.unfinished(stories.catalog) is None
    assert everything(stories.catalog)["cluster_member"] == before["cluster_member"]
    again = Stories(
        House(stories.home.store, stories.catalog, stories.home.spool_root), numbers=stories.numbers
    )
    again.publish(C, story(1), 2)
    again.link()
    again.home.die()
    assert again.clusters() == {frozenset({A, B, C})}


def test_verify_finds_nothing_and_finds_a_stale_link(local: Stories) -> None:
    local.publish(A, story(1), 0)
    local.publish(B, story(1), 1)
    local.link()
    assert not [finding for finding in _findings(local) if "cluster" in finding]
    with local.catalog.write() as connection:
        connection.execute(cluster_member.update().values(jaccard=1))
    assert [finding for finding in _findings(local) if "cluster_member" in finding]


def _findings(stories: Stories) -> list[str]:
    return [str(finding) for finding in verify(stories.home.store, stories.catalog, silent).problems]


def test_what_was_taken_down_is_named_to_nobody(stories: Stories) -> None:
    stories.publish(A, story(1), 0)
    stories.publish(B, story(1), 1)
    stories.publish(C, f"{story(1)} {story(4, 10)}", 2)
    stories.link()
    stories.home.committer.commit_rows(
        [TakedownRow(url_key=url_key(A), url=A, subject=A, reason="asked", at=SystemClock().now())]
    )
    lines = {line["url"]: line for line in export_lines(Archive(stories.home.store, stories.catalog))}
    assert lines.keys() == {B, C}
    assert {line["cluster"] for line in lines.values()} == {url_key(B)}
    assert lines[B]["duplicate_of"] is None
    assert lines[C]["duplicate_of"]["url"] == B
    assert clusters.not_compared(stories.catalog, 5) == []
    at = versions_of(stories.catalog, url_key(C))
    found = similar_articles(stories.catalog, url_key(C), story(1), at, Window(30))
    assert [(each.article.url, each.kind, each.linked) for each in found] == [(B, "exact", True)]


@pytest.mark.parametrize("name", ["a", "A" * 32, "0" * 31, "article of a journal of others"])
def test_ids_that_are_no_keys_of_ours_hold_nothing_up(local: Stories, name: str) -> None:
    local.publish(A, story(1), 0)
    local.publish(B, story(1), 1)
    local.publish(C, story(1), 2)
    given = {"article": "id", "version": "article_id", "address": "article_id"}
    local.rows = [
        replace(row, **{given[row.table]: name}) if getattr(row, given[row.table]) == url_key(C) else row
        for row in local.rows
    ]
    with capture_logs() as told:
        assert local.link().versions == 3
    assert [(line["log_level"], line["ids"]) for line in told if "ids" in line] == [("warning", [name])]
    assert local.clusters() == {frozenset({A, B})}
    assert clusters.not_compared(local.catalog, 9) == []
    at = versions_of(local.catalog, name)
    assert similar_articles(local.catalog, name, story(1), at, Window(30)) == []
    removed = RemovedRow(of="version", key=(name, "1"))
    local.home.committer.commit_rows([removed, RemovedRow(of="article", key=(name,))])
    with pytest.raises(ValueError, match=f"'{name}' is no id of an article: not 32 hexadecimal digits"):
        names([(url_key(A), 1), (name, 1)])
