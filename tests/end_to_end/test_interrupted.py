"""A crawl that is stopped, in each way there is, goes on under its id and closes its account."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import psutil
import pytest

from archive.catalog import frontier, runs
from archive.held_leases import SECONDS
from archive.rows import LedgerRow, RunRow
from tests.conftest import S3Address
from tests.end_to_end.house import House
from tests.end_to_end.small_site import (
    Answer,
    Page,
    SmallSite,
    Visit,
    crawl_words,
    feed,
    page,
    small_house,
    story,
)
from tests.services.postgres import Postgres
from tests.services.seaweedfs import SeaweedFS

NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)
PAGES = 14
AT_ONCE = 4  # pages in flight for one source: a sixteenth of `crawl.window`
PATIENCE = 300.0  # seconds; any wait of a test ends by then


@dataclass
class Held:
    """An answer that is given when the test says so; `asked` tells that it was asked for."""

    answer: Page
    asked: Event = field(default_factory=Event)
    go: Event = field(default_factory=Event)

    def __call__(self, _visit: Visit) -> Page:
        self.asked.set()
        self.go.wait(PATIENCE)
        return self.answer


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        paths = [f"/news/{n}" for n in range(PAGES)]
        site.add("site.test", {path: page(story(f"Town{path[6:]}")) for path in paths})
        site.add("site.test", {"/feed": feed(site.url("site.test", path) for path in paths)})
        yield site


@pytest.fixture
def house(site: SmallSite, tmp_path: Path) -> House:
    source = site.source("site", "site.test")
    return small_house(
        tmp_path / "house", {"site": source}, hosts=["site.test"], crawl="segment_seconds: 0.3s"
    )


def hold(site: SmallSite, path: str) -> Held:
    """From now on this page is given when the test says so."""
    answer: Answer = site.pages[f"site.test{path}"]
    assert not callable(answer)
    held = Held(answer)
    site.pages[f"site.test{path}"] = held
    return held


def started(house: House, held: Held) -> subprocess.Popen[str]:
    """A crawl that has asked for what is held."""
    process = house.start(*crawl_words(NIGHT))
    assert held.asked.wait(PATIENCE)
    return process


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    printed, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, printed


def ledger(house: House) -> tuple[RunRow, dict[str, LedgerRow]]:
    """The only run."""
    archive = house.open()
    [run] = runs.newest_runs(archive.catalog)
    rows = {row.url: row for row in runs.ledger_of(archive.catalog, run.id)}
    archive.close()
    return run, rows


def assert_goes_on(house: House, run: RunRow) -> None:
    """The next crawl takes the same run up at once, and ends it whole."""
    before = time.monotonic()
    house.run(*crawl_words(NIGHT))
    assert time.monotonic() - before < SECONDS  # of a lease, for whose end it does not wait
    again, rows = ledger(house)
    assert (again.id, again.status) == (run.id, "done")
    assert [row.outcome for row in rows.values()] == ["archived"] * PAGES
    assert house.problems() == []
    assert not any((house.folder / "spool").iterdir())


def asked_for(site: SmallSite) -> Counter[str]:
    """How often each article; the address that cannot exist, which each start asks for, is none."""
    asked = [visit.path for visit in site.visits("site.test") if visit.path.startswith("/news/")]
    return Counter(path for path in asked if f"site.test{path}" in site.pages)


def test_sigterm_ends_what_is_in_flight_and_acknowledges_it(site: SmallSite, house: House) -> None:
    held = hold(site, "/news/5")
    process = started(house, held)
    process.terminate()
    held.go.set()
    status, printed = ended(process)

    run, rows = ledger(house)
    outcomes = Counter(row.outcome for row in rows.values())
    assert (status, run.status, run.finished_at) == (1, "interrupted", None), printed
    assert "interrupted" in printed
    assert 6 <= outcomes["archived"] < PAGES
    assert outcomes.keys() == {"archived", None}
    assert outcomes["archived"] == len(asked_for(site))
    assert house.problems() == []

    assert_goes_on(house, run)
    assert set(asked_for(site).values()) == {1}


def test_sigterm_before_anything_is_discovered_is_no_end(site: SmallSite, house: House) -> None:
    held = hold(site, "/feed")
    process = started(house, held)
    process.terminate()
    held.go.set()
    status, _ = ended(process)
    run, _ = ledger(house)
    assert (status, run.status) == (1, "interrupted")
    assert_goes_on(house, run)


def test_a_second_ctrl_c_ends_at_once(site: SmallSite, house: House) -> None:
    held = hold(site, "/news/5")
    process = started(replace(house, environment={"DATELINE_LOG__LEVEL": "debug"}), held)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert any("stopping: what is in flight ends" in line for line in process.stdout)  # the first waits
    process.send_signal(signal.SIGINT)
    status, printed = ended(process)
    _, alive = psutil.wait_procs(workers, timeout=300)
    assert alive == []
    assert status in (130, -signal.SIGINT), printed
    assert "Traceback" not in printed
    assert not held.go.is_set()
    held.go.set()
    run, _ = ledger(house)
    assert run.finished_at is None
    assert_goes_on(house, run)


def test_kill_leaves_no_lease_that_anybody_waits_for(site: SmallSite, house: House) -> None:
    """And no worker: the processes of a killed crawl end by themselves."""
    held = hold(site, "/news/9")
    process = started(house, held)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    held.go.set()
    _, alive = psutil.wait_procs(workers, timeout=300)
    process.communicate()
    assert alive == []
    run, rows = ledger(house)
    assert (run.status, run.finished_at) == ("running", None)
    assert None in {row.outcome for row in rows.values()}
    assert_goes_on(house, run)
    # What had come is read from the spool; only what was in flight is asked for again.
    again = [path for path, count in asked_for(site).items() if count > 1]
    assert "/news/9" in again
    assert len(again) <= AT_ONCE


def test_documents_that_others_led_to_are_not_forgotten(tmp_path: Path) -> None:
    """Killed when robots.txt and a sitemap index are acknowledged and what they led to is not yet read."""
    with SmallSite() as site:
        url = site.url("site.test", "/2026/03/20/story")
        maps = "http://www.sitemaps.org/schemas/sitemap/0.9"
        index = (
            f'<sitemapindex xmlns="{maps}"><sitemap><loc>{site.url("site.test", "/sub.xml")}</loc></sitemap>'
        )
        urls = f'<urlset xmlns="{maps}"><url><loc>{url}</loc></url></urlset>'
        robots = f"Sitemap: {site.url('site.test', '/index.xml')}\n"
        site.add("site.test", {
            "/robots.txt": (200, {"Content-Type": "text/plain"}, robots.encode()),
            "/index.xml": (200, {"Content-Type": "text/xml"}, f"{index}</sitemapindex>".encode()),
            "/sub.xml": (200, {"Content-Type": "text/xml"}, urls.encode()),
            "/": page("<html><body>Home</body></html>"),
            "/2026/03/20/story": page(story("Late")),
        })  # fmt: skip
        held = hold(site, "/sub.xml")
        text = f"name: site\nhomepage: {site.url('site.test')}\nnetwork: {{allow_private: true}}\n"
        house = small_house(
            tmp_path / "house", {"site": text}, hosts=["site.test"], crawl="segment_seconds: 0.1s"
        )
        process = started(house, held)
        wait_for_documents(house, 3)
        process.kill()
        process.communicate()
        held.go.set()
        house.run(*crawl_words(NIGHT))
        run, rows = ledger(house)
        assert run.status == "done"
        assert {row.url: row.outcome for row in rows.values()} == {url: "archived"}


def wait_for_documents(house: House, number: int) -> None:
    archive = house.open()
    end = time.monotonic() + PATIENCE
    [run] = runs.newest_runs(archive.catalog)
    while len(frontier.read_documents(archive.catalog, run.id)) < number:
        assert time.monotonic() < end
    archive.close()


def test_pages_asked_for_by_hand_are_taken_up_by_the_next_crawl(site: SmallSite, house: House) -> None:
    """Those of a configured source and of none; nothing else of that source is fetched for them."""
    site.add("other.test", {"/page": page(story("Elsewhere"))})
    (house.folder / "hosts").write_text("127.0.0.1 site.test\n127.0.0.1 other.test\n")
    urls = [site.url("site.test", "/news/3"), site.url("site.test", "/news/4")]
    held = hold(site, "/news/4")
    process = house.start("archive", *urls, "--clock", NIGHT.isoformat())
    assert held.asked.wait(PATIENCE)
    process.kill()
    process.communicate()
    held.go.set()
    [shown] = json.loads(house.run("runs", "--json"))["runs"]
    assert (shown["status"], shown["finished_at"]) == ("interrupted", None)
    [health] = json.loads(house.run("status", "--json"))["sources"]
    assert "the newest run was interrupted; the next crawl goes on with it" in health["breaches"]

    house.run(*crawl_words(NIGHT + timedelta(minutes=1)))
    archive = house.open()
    crawled, by_hand = runs.newest_runs(archive.catalog)
    assert (by_hand.id, by_hand.status) == (shown["id"], "done")
    rows = runs.ledger_of(archive.catalog, by_hand.id)
    assert {row.url: (row.outcome, row.found_by) for row in rows} == dict.fromkeys(urls, ("archived", "hand"))
    assert crawled.status == "done"
    assert len(runs.ledger_of(archive.catalog, crawled.id)) == PAGES
    archive.close()
    assert house.problems() == []


def test_what_waits_of_a_removed_source_is_closed(site: SmallSite, house: House) -> None:
    held = hold(site, "/news/5")
    process = started(house, held)
    process.kill()
    process.communicate()
    held.go.set()
    (house.folder / "sources" / "site.yaml").rename(house.folder / "site.yaml")
    text = site.source("other", "other.test")
    (house.folder / "sources" / "other.yaml").write_text(text)
    site.add("other.test", {"/feed": feed([])})
    (house.folder / "hosts").write_text("127.0.0.1 site.test\n127.0.0.1 other.test\n")
    asked = len(site.visits("site.test"))

    house.run(*crawl_words(NIGHT + timedelta(minutes=1)))
    archive = house.open()
    *_, run = runs.newest_runs(archive.catalog)
    ended = Counter((row.outcome, row.reason) for row in runs.ledger_of(archive.catalog, run.id))
    archive.close()
    assert run.status == "done"
    assert set(ended) <= {("archived", None), ("skipped", "source_removed")}
    assert ended["skipped", "source_removed"] > 0
    assert ended.total() == PAGES
    assert len(site.visits("site.test")) == asked
    assert house.problems() == []


# ── services ─────────────────────────────────────────────────────────────────────────────────────────


def assert_one_line(printed: str, *words: str) -> None:
    lines = [line for line in printed.splitlines() if line.startswith("dateline: ")]
    assert len(lines) == 1, printed
    assert "Traceback" not in printed
    for word in words:
        assert word in lines[0]


def assert_nothing_false(house: House, site: SmallSite) -> RunRow:
    """What the catalog says was archived is there; the run has not ended."""
    run, rows = ledger(house)
    assert run.finished_at is None
    archived = {url for url, row in rows.items() if row.outcome == "archived"}
    assert len(archived) < PAGES
    assert archived <= {site.url("site.test", path) for path in asked_for(site)}
    # What was put and not yet acknowledged is no fault: the next start adopts or removes it.
    assert {problem["kind"] for problem in house.problems()} <= {"stranger", "journal"}
    return run


def test_a_store_that_dies_in_the_middle(
    site: SmallSite, tmp_path: Path, s3_address: S3Address, s3_environment: SeaweedFS
) -> None:
    house = small_house(
        tmp_path / "house",
        {"site": site.source("site", "site.test")},
        hosts=["site.test"],
        crawl="segment_seconds: 0.3s",
        store=s3_address.address,
        s3=f"endpoint: {s3_address.endpoint}, region: {s3_address.region}",
    )
    held = hold(site, "/news/5")
    process = started(house, held)
    s3_environment.kill()
    try:
        held.go.set()
        status, printed = ended(process)
    finally:
        s3_environment.start()
    assert status == 3, printed
    assert_one_line(printed, s3_address.endpoint)
    assert_goes_on(house, assert_nothing_false(house, site))


def over_postgres(site: SmallSite, folder: Path, url: str, crawl: str = "") -> House:
    source = site.source("site", "site.test")
    return small_house(folder, {"site": source}, hosts=["site.test"], crawl=crawl, catalog=url)


def cut_connections(server: Postgres, url: str, *, refuse: bool = False) -> None:
    """End those that a database has; `refuse` new ones, too."""
    name = database_of(url)
    with server.connect() as connection:
        if refuse:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )


def database_of(url: str) -> str:
    return url.removeprefix("postgresql+psycopg://postgres@/").partition("?")[0]


def test_a_catalog_that_dies_in_the_middle(
    site: SmallSite, tmp_path: Path, postgres_server: Postgres, postgres_url: str
) -> None:
    """Its connections are ended and new ones refused, as at a restart; later it is there again."""
    house = over_postgres(site, tmp_path / "house", postgres_url, "segment_seconds: 0.3s")
    held = hold(site, "/news/5")
    process = started(house, held)
    cut_connections(postgres_server, postgres_url, refuse=True)
    held.go.set()
    status, printed = ended(process)
    with postgres_server.connect() as connection:
        connection.execute(f"ALTER DATABASE {database_of(postgres_url)} ALLOW_CONNECTIONS true".encode())
    assert status == 3, printed
    assert_one_line(printed, "catalog")
    assert_goes_on(house, assert_nothing_false(house, site))


def test_connections_that_are_cut_once_are_made_again(
    site: SmallSite, tmp_path: Path, postgres_server: Postgres, postgres_url: str
) -> None:
    """A restart between two transactions is nobody's failure."""
    house = over_postgres(site, tmp_path / "house", postgres_url)
    held = hold(site, "/news/5")
    process = started(house, held)
    cut_connections(postgres_server, postgres_url)
    held.go.set()
    status, printed = ended(process)
    assert status == 0, printed
    run, rows = ledger(house)
    assert run.status == "done"
    assert [row.outcome for row in rows.values()] == ["archived"] * PAGES
