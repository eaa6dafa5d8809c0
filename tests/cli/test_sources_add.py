"""`dateline sources add` and `sources preview` as a person types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.catalog import leases, previews
from archive.clock import ShiftedClock
from archive.orders import ask_for_preview
from archive.views.previews import PreviewView, preview_view
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer
from cli.main import run
from config.golden_case import load_golden
from config.load_sources import load_source_file
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, feed, page, robots, small_house
from tests.site.kinds import NOW, excerpts

HOSTS = ("www.excerpts.test", "empty.test", "shut.test")
CLOCK = ("--clock", NOW.isoformat())


@pytest.fixture(scope="module")
def site() -> Iterator[SmallSite]:
    with SmallSite() as made:
        excerpts(made, 9)
        made.add("empty.test", {"/": page("<html><body><p>Nothing to see.</p></body></html>")})
        made.add("shut.test", {"/robots.txt": robots("User-agent: *\nDisallow: /\n")})
        yield made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, site: SmallSite) -> House:
    """An archive with nothing in it, and a source with four mistakes that only the network shows."""
    text = (
        f"name: wrong\nhomepage: {site.url('www.excerpts.test')}\nnetwork: {{allow_private: true}}\n"
        "discover:\n"
        f"  feeds: ['{site.url('www.excerpts.test', '/feed/')}', '{site.url('empty.test', '/none')}']\n"
        f"  sitemaps: ['{site.url('shut.test', '/sitemap.xml')}', '{site.url('empty.test', '/void')}']\n"
        "  articles: {allow: ['/p/', '/never-there/']}\n"
    )
    site.add("empty.test", {"/void": feed([])})
    return small_house(tmp_path_factory.mktemp("add") / "house", {"wrong": text}, hosts=HOSTS)


@pytest.fixture(scope="module")
def added(house: House, site: SmallSite) -> dict[str, object]:
    printed = house.run(
        "sources", "add", site.url("www.excerpts.test"), "--yes", "--allow-private", "--json", *CLOCK
    )
    told: dict[str, object] = json.loads(printed)
    return told


def test_what_was_found_is_told_and_written(added: dict[str, object], house: House, site: SmallSite) -> None:
    path = house.folder / "sources" / "excerpts.yaml"
    assert path.read_text(encoding="utf-8") == added["file"]
    source = load_source_file(path)
    assert source.discover.feeds == (site.url("www.excerpts.test", "/feed/"),)
    titles = [row["article"]["title"] for row in added["trials"]]  # type: ignore[attr-defined]
    assert len(titles) == len(set(titles)) == 5


def test_a_golden_case_is_kept_and_read_again(added: dict[str, object], house: House) -> None:
    (case,) = load_golden(house.folder / "sources", "excerpts")
    assert case.case.url == added["trials"][0]["url"]  # type: ignore[index]
    told = json.loads(house.run("sources", "check", "excerpts", "--json"))
    assert told["ok"]
    assert told["golden"]["cases"] == 1


def test_defaults_that_are_wrong_are_told_before_anything_is_asked(
    house: House,
    site: SmallSite,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = len(site.visits("www.excerpts.test"))
    (tmp_path / "sources").mkdir()
    (tmp_path / "defaults.yaml").write_text("defaults: {timezone: Mars/Olympus}\n")
    monkeypatch.setenv("DATELINE_CONFIG", str(house.config))
    monkeypatch.setenv("DATELINE_SOURCES", str(tmp_path / "sources"))
    assert run(["sources", "add", site.url("www.excerpts.test"), "--allow-private", "--yes"]) == 2
    assert "defaults.timezone: value 'Mars/Olympus'" in capsys.readouterr().err
    assert len(site.visits("www.excerpts.test")) == asked


def test_a_file_is_never_overwritten(
    added: dict[str, object],
    house: House,
    site: SmallSite,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = added["file"]
    monkeypatch.setenv("DATELINE_CONFIG", str(house.config))
    assert run(["sources", "add", site.url("www.excerpts.test"), "--name", "excerpts", "--yes"]) == 2
    assert "excerpts.yaml is there already and is not overwritten" in capsys.readouterr().err
    assert (house.folder / "sources" / "excerpts.yaml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("host", "options", "status", "says"),
    [
        pytest.param("empty.test", ("--allow-private",), 1, "/feed/: http_404", id="nothing there"),
        pytest.param("www.excerpts.test", (), 2, "--allow-private lets it be watched", id="private"),
        pytest.param("nobody.invalid", ("--allow-private",), 3, "gives no answer (dns)", id="no such host"),
    ],
)
def test_a_refusal_names_what_was_tried(
    house: House, site: SmallSite, *, host: str, options: tuple[str, ...], status: int, says: str
) -> None:
    files = sorted((house.folder / "sources").rglob("*"))
    printed = house.run("sources", "add", site.url(host), "--yes", *options, *CLOCK, expect=status)
    assert says in printed
    assert sorted((house.folder / "sources").rglob("*")) == files


@pytest.mark.parametrize("typed", ["", "ftp://news.example/", "https://user:pass@news.example/", "http://"])
def test_what_is_no_address_is_wrong_usage(
    house: House, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATELINE_CONFIG", str(house.config))
    assert run(["sources", "add", typed]) == 2
    assert "expected an address" in capsys.readouterr().err


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, site: SmallSite) -> House:
    """A house with an archive, of whose sources a page asked for previews."""
    right = (
        f"name: right\nhomepage: {site.url('www.excerpts.test')}\nnetwork: {{allow_private: true}}\n"
        f"discover: {{feeds: ['{site.url('www.excerpts.test', '/feed/')}']}}\n"
    )
    sources = {"right": right, "wrong": "name: wrong\nhomepage: nowhere\n"}
    return small_house(tmp_path_factory.mktemp("asked") / "house", sources, hosts=HOSTS)


def preview_asked_for(house: House, name: str) -> PreviewView:
    """What becomes of a request that the schedule's service has answered by its child."""
    with closing(house.open()) as archive:
        request = ask_for_preview(archive, ShiftedClock(NOW), name, actor="web")
        house.run("sources", "preview", name, "--answer", "another", *CLOCK)  # no request of this time
        assert previews.waiting(archive.catalog) == [request]
        house.run("sources", "preview", name, "--answer", request.id, *CLOCK)
        viewer = Viewer(archive.catalog, clock=ShiftedClock(NOW))
        found = preview_view(viewer, name, SourceFiles(house.folder / "sources"))
        assert found is not None
        assert leases.live(archive.catalog, "", ShiftedClock(NOW)) == []
        assert list(archive.store.list("captures/")) == []
        return found


def test_a_request_is_answered_with_what_a_crawl_would_archive(asked: House, site: SmallSite) -> None:
    found = preview_asked_for(asked, "right")
    assert (found.status, found.changed, found.note) == ("answered", False, None)
    result = found.result
    assert result is not None
    assert (result.found, result.due, len(result.addresses)) == (9, 9, 9)
    assert [page.outcome for page in result.pages] == ["archived"] * 8
    assert all(page.title and page.text and page.published_at for page in result.pages)
    assert [(look.url, look.kept) for look in result.documents if look.kind == "feed"] == [
        (site.url("www.excerpts.test", "/feed/"), 9)
    ]


def test_a_request_for_a_file_that_is_wrong_says_so(asked: House) -> None:
    found = preview_asked_for(asked, "wrong")
    assert (found.status, found.result) == ("failed", None)
    assert str(found.note).startswith("its file cannot be read: wrong.yaml:2: homepage: value 'nowhere'")


def test_a_preview_shows_what_a_crawl_would_do_and_what_will_go_wrong(house: House, site: SmallSite) -> None:
    told = json.loads(house.run("sources", "preview", "wrong", "--pages", "2", "--json", *CLOCK))
    assert (told["found"], told["due"]) == (9, 9)
    assert [row["outcome"] for row in told["pages"]] == ["archived", "archived"]
    assert sorted(told["warnings"]) == sorted(
        [
            f"feed {site.url('empty.test', '/none')} cannot be had: http_404",
            f"robots.txt does not allow {site.url('shut.test', '/sitemap.xml')} (robots)",
            f"sitemap {site.url('empty.test', '/void')} names nothing; a feed where a sitemap was expected",
            "discover.articles.allow: '/never-there/' has none of the 9 addresses found",
        ]
    )
    assert not (house.folder / "store").exists()
    assert not list(Path(house.folder).glob("catalog*"))
