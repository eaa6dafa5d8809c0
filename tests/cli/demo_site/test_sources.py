"""The written source files and hosts file lead a crawl to the running sites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cli.demo_site import DemoSite
from config.hosts_file import read_hosts
from config.load_sources import load_sources

Get = Callable[..., Any]

DISCOVERED_FROM = {
    "el-mirador": ("/feed.json", "/sitemap.xml"),
    "harbour-courier": ("/feed.xml", "/news-sitemap.xml"),
    "tagblatt-am-see": (),  # nothing but the home page
}


def test_each_source_names_what_its_site_has(demo: DemoSite, get: Get, tmp_path: Path) -> None:
    written = demo.write_sources(tmp_path / "sources")
    sources = load_sources(tmp_path / "sources")
    assert sorted(path.stem for path in written) == [source.name for source in sources]
    for source in sources:
        named = (*source.discover.feeds, *source.discover.sitemaps)
        assert named == tuple(demo.url(source.name, path) for path in DISCOVERED_FROM[source.name])
        assert all(get(url).status == 200 for url in (source.homepage, *named))
        assert source.network.allow_private
        assert source.politeness.delay == 0


def test_writing_again_follows_the_port(tmp_path: Path) -> None:
    for _ in range(2):
        with DemoSite() as demo:
            demo.write_sources(tmp_path)
            assert load_sources(tmp_path)[0].homepage == demo.url("el-mirador")


def test_the_hosts_file_sends_every_homepage_here(demo: DemoSite, tmp_path: Path) -> None:
    hosts = read_hosts(demo.write_hosts_file(tmp_path / "hosts"))
    names = {urlsplit(demo.url(name)).hostname for name in DISCOVERED_FROM}
    assert set(hosts) == names
    assert all("127.0.0.1" in str(hosts[name]) for name in names)
