"""The feeds and sitemaps parse, and name the addresses that stand on the night."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import feedparser
import lxml.etree
import lxml.html
import pytest

from cli.demo_site import NIGHTS, DemoSite

Get = Callable[..., Any]

LOC = ".//{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def standing(demo: DemoSite, night: int, site: str) -> set[str]:
    expected = demo.expected(night)
    urls = (
        expected.new
        | expected.changed.keys()
        | expected.unchanged
        | expected.failing.keys()
        | expected.quarantined
    )
    return {url for url in urls if url.startswith(demo.url(site))}


@pytest.mark.parametrize("night", NIGHTS)
def test_rss_and_news_sitemap_name_every_article(demo: DemoSite, get: Get, night: int) -> None:
    demo.set_night(night)
    feed = feedparser.parse(get(demo.url("harbour-courier", "/feed.xml")).body)
    assert not feed.bozo
    assert {entry.link for entry in feed.entries} == standing(demo, night, "harbour-courier")
    assert all(entry.published_parsed for entry in feed.entries)
    sitemap = lxml.etree.fromstring(get(demo.url("harbour-courier", "/news-sitemap.xml")).body)
    assert {loc.text for loc in sitemap.findall(LOC)} == standing(demo, night, "harbour-courier")
    news = sitemap.findall(".//{http://www.google.com/schemas/sitemap-news/0.9}publication_date")
    assert all(datetime.fromisoformat(date.text).tzinfo for date in news)
    assert len(news) == len(feed.entries)


def test_robots_names_the_news_sitemap(demo: DemoSite, get: Get) -> None:
    robots = get(demo.url("harbour-courier", "/robots.txt")).text
    assert f"Sitemap: {demo.url('harbour-courier', '/news-sitemap.xml')}" in robots


@pytest.mark.parametrize("night", NIGHTS)
def test_atom_is_named_on_the_front_page_alone_and_gives_the_newest(
    demo: DemoSite, get: Get, night: int
) -> None:
    demo.set_night(night)
    named = 'rel="alternate" type="application/atom+xml"'
    assert named in get(demo.url("tagblatt-am-see")).text
    assert named not in get(demo.url("tagblatt-am-see", "/lokales/")).text
    feed = feedparser.parse(get(demo.url("tagblatt-am-see", "/neu.atom")).body)
    assert not feed.bozo
    assert len(feed.entries) == 5
    found = {entry.link for entry in feed.entries}
    assert found < standing(demo, night, "tagblatt-am-see")
    front = lxml.html.fromstring(get(demo.url("tagblatt-am-see")).text)
    front.make_links_absolute(demo.url("tagblatt-am-see"))
    linked = {link for _, _, link, _ in front.iterlinks()}
    assert standing(demo, night, "tagblatt-am-see") <= linked


@pytest.mark.parametrize("night", NIGHTS)
def test_json_feed_lists_one_article_under_its_old_address(demo: DemoSite, get: Get, night: int) -> None:
    demo.set_night(night)
    feed = json.loads(get(demo.url("el-mirador", "/feed.json")).body)
    ((old, new),) = demo.expected(night).redirects.items()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {item["url"] for item in feed["items"]} == standing(demo, night, "el-mirador") - {new} | {old}
    assert all(datetime.fromisoformat(item["date_published"]).tzinfo for item in feed["items"])


@pytest.mark.parametrize("night", NIGHTS)
def test_the_sitemap_index_has_a_gzipped_child(demo: DemoSite, get: Get, night: int) -> None:
    demo.set_night(night)
    index = lxml.etree.fromstring(get(demo.url("el-mirador", "/sitemap.xml")).body)
    sections, articles = (loc.text for loc in index.findall(LOC))
    assert articles.endswith(".xml.gz")
    reply = get(articles, Accept_Encoding="gzip")
    assert reply.headers["Content-Encoding"] is None
    listed = lxml.etree.fromstring(gzip.decompress(reply.body)).findall(LOC)
    assert {loc.text for loc in listed} == standing(demo, night, "el-mirador")
    for loc in lxml.etree.fromstring(get(sections).body).findall(LOC):
        assert get(loc.text).status == 200
