"""How a run is divided: by site, and the same way each night."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.source import Source
from crawler.parts.drive import parts_of, sources_of
from crawler.parts.sharding import divided, shard_of, sites_of
from crawler.plan import RunPlan
from tests.contract.catalog_rows import RUN


def source(name: str, *hosts: str) -> Source:
    """Its home page is on the first host, each further one has a feed of it."""
    feeds = [f"https://{host}/feed" for host in hosts[1:]]
    return Source.model_validate(
        {"name": name, "homepage": f"https://{hosts[0]}/", "discover": {"feeds": feeds}}
    )


def test_the_sites_of_a_source_are_those_that_its_file_names() -> None:
    one = source("a", "www.news.example", "feeds.elsewhere.example", "rss.news.example")
    assert sites_of(one) == {"news.example", "elsewhere.example"}


@pytest.mark.parametrize(
    ("hosts", "together"),
    [
        pytest.param([("a.example",), ("b.example",)], False, id="two sites"),
        pytest.param([("www.a.example",), ("sport.a.example",)], True, id="two hosts of one site"),
        pytest.param([("a.example", "f.example"), ("b.example", "f.example")], True, id="one feed host"),
        pytest.param(
            [("a.example", "f.example"), ("b.example", "g.example"), ("c.example", "f.example", "g.example")],
            True,
            id="by way of a third",
        ),
    ],
)
def test_who_shares_a_site_shares_a_part(hosts: list[tuple[str, ...]], together: bool) -> None:
    sources = {f"s{number}": source(f"s{number}", *names) for number, names in enumerate(hosts)}
    parts = [next(k for k, names in divided(sources, 1000).items() if name in names) for name in sources]
    assert (len(set(parts)) == 1) is together


@given(st.lists(st.integers(0, 40), max_size=25), st.integers(1, 9))
def test_every_source_is_in_one_part(numbers: list[int], shards: int) -> None:
    sources = {
        f"s{place}": source(f"s{place}", f"h{number % 20}.example", f"f{number}.example")
        for place, number in enumerate(numbers)
    }
    parts = divided(sources, shards)
    assert sorted(name for names in parts.values() for name in names) == sorted(sources)
    assert all(0 <= shard < shards for shard in parts)
    site_in: dict[str, set[int]] = {}
    for shard, names in parts.items():
        for name in names:
            for site in sites_of(sources[name]):
                site_in.setdefault(site, set()).add(shard)
    assert all(len(found) == 1 for found in site_in.values())
    assert divided(dict(reversed(sources.items())), shards) == parts


def test_another_number_of_parts_moves_few_sites() -> None:
    sites = [f"site-{number}.example" for number in range(1000)]
    moved = sum(shard_of(site, 10) != shard_of(site, 11) for site in sites)
    assert moved < 150  # of 91 expected
    assert max(Counter(shard_of(site, 10) for site in sites).values()) < 140


def test_a_part_brings_its_sources_as_their_files_say_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log-in is still the reference that stands in the file."""
    monkeypatch.setenv("NEWS_TOKEN", "planted-secret")
    definition = {
        "name": "news",
        "homepage": "https://www.news.example/",
        "politeness": {"delay": "5s"},
        "policy": {"expire": "30d"},
        "login": {"headers": {"Authorization": "Bearer ${NEWS_TOKEN}"}},
    }
    plan = RunPlan(RUN, {"news": Source.model_validate(definition)})
    [part] = parts_of(plan, {"news": definition}, 4)
    assert part.sites == ("news.example",)
    assert "planted-secret" not in repr(part)
    assert sources_of(part) == dict(plan.sources)
