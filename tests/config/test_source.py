"""Sources that are right: what is read, defaults, dated rules, and the examples that we ship."""

from datetime import UTC, date, datetime, time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from config.extract_rule import ExtractRule, rules_digest, rules_on, split_attribute
from config.load_sources import load_source_file, load_sources, source_schema
from config.source import Source

EXAMPLES = Path(__file__).parents[2] / "config" / "sources"

UNRULED: dict[str, Any] = ExtractRule().model_dump()
FULL = r"""
name: example-times
title: The Example Times
homepage: https://www.example-times.example/
timezone: Europe/Berlin
enabled: no                  # YAML 1.2 reads a word, we read what is meant
language: de
discover:
  feeds: [https://www.example-times.example/rss]
  sitemaps: [https://www.example-times.example/news-sitemap.xml]
  sections: [https://www.example-times.example/world/]
  articles: {allow: ['/20\d\d/'], deny: ['/video/']}
  max_urls: 100
  front: false
schedule: "0  2 * * MON-FRI"
timing: {jitter: 20m, not_between: ["7:00 - 9:30"], blackout: skip, run_time: 2h}
quota: {night: {requests: 2000, bytes: 500MB}, storage: 1GiB}
politeness: {delay: 500ms, concurrency: 2}
extract:
  - {until: 2025-12-31, drop: [".old"]}
  - {since: 2026-01-01, drop: [".newsletter", "aside > p"], title: [h1, 'meta[name="t"]@content'],
     images: [figure]}
images: {max: 5}
capture: {css: true}
judge: {probe: false}
render: {enabled: true, screenshot: true, timeout: 1m, wait: .story}
login: {origins: ["https://www.times.example"]}
network: {allow_private: true}
revisit: {budget: 25 %}
policy: {keep: changed, expire: 90d, gone_nights: 3, noarchive: ignore, tdm_reservation: honour}
expect:
  articles_per_night: {min: 5, max: 90}
  text: 0.95
  title: 0.9
  date: 0.8
  picture: 0.5
  freshness: 2d
  quarantined: 0.3
  failed: 0.1
  failures: {dns: 0}
  learned: false
"""


def test_every_key_is_read(tmp_path: Path) -> None:
    path = tmp_path / "example-times.yaml"
    path.write_text(FULL)
    source = load_source_file(path)
    assert source.model_dump() == {
        "name": "example-times",
        "title": "The Example Times",
        "homepage": "https://www.example-times.example/",
        "timezone": "Europe/Berlin",
        "enabled": False,
        "language": "de",
        "discover": {
            "feeds": ("https://www.example-times.example/rss",),
            "sitemaps": ("https://www.example-times.example/news-sitemap.xml",),
            "sections": ("https://www.example-times.example/world/",),
            "articles": {"allow": (r"/20\d\d/",), "deny": ("/video/",)},
            "max_urls": 100,
            "front": False,
        },
        "extends": None,
        "group": None,
        "schedule": "0 2 * * MON-FRI",
        "timing": {"jitter": 1200.0, "not_between": ("07:00-09:30",), "blackout": "skip", "run_time": 7200.0},
        "quota": {
            "night": {"requests": 2000, "bytes": 500_000_000},
            "month": {"requests": None, "bytes": None},
            "storage": 2**30,
        },
        "politeness": {"delay": 0.5, "concurrency": 2},
        "extract": (
            UNRULED | {"until": date(2025, 12, 31), "drop": (".old",)},
            UNRULED
            | {"since": date(2026, 1, 1), "drop": (".newsletter", "aside > p")}
            | {"title": ("h1", 'meta[name="t"]@content'), "images": ("figure",)},
        ),
        "images": {"enabled": True, "max": 5},
        "capture": {"css": True},
        "judge": {"probe": False},
        "render": {"enabled": True, "screenshot": True, "timeout": 60.0, "wait": ".story"},
        "login": {"headers": {}, "cookies": {}, "origins": ("https://www.times.example",)},
        "network": {"allow_private": True},
        "revisit": {"budget": 0.25},
        "policy": {
            "keep": "changed",
            "expire": 90,
            "gone_nights": 3,
            "noarchive": "ignore",
            "tdm_reservation": "honour",
        },
        "expect": {
            "articles_per_night": {"min": 5, "max": 90},
            "text": 0.95,
            "title": 0.9,
            "date": 0.8,
            "picture": 0.5,
            "freshness": 172_800.0,
            "quarantined": 0.3,
            "failed": 0.1,
            "failures": {"dns": 0.0},
            "learned": False,
        },
    }


@pytest.mark.parametrize(
    "more",
    [
        "",
        "discover:\nextract:\n",
        "discover:\n  feeds:\n  articles:\nimages:\npoliteness: {delay: }\ntitle:\n",
    ],
    ids=["two keys", "empty sections", "empty keys"],
)
def test_two_keys_are_enough_and_empty_keys_mean_defaults(tmp_path: Path, more: str) -> None:
    path = tmp_path / "times.yaml"
    path.write_text("\ufeffname: times\nhomepage: http://[2001:db8::1]:8080/\n" + more, encoding="utf-8")
    source = load_source_file(path)
    assert source == Source(name="times", homepage="http://[2001:db8::1]:8080/")
    assert (source.title, source.timezone, source.enabled, source.language) == ("times", "UTC", True, None)
    assert (source.schedule, source.discover.max_urls, source.images.max) == ("0 2 * * *", 5000, 20)
    assert (source.politeness.delay, source.politeness.concurrency) == (None, None)
    assert not source.network.allow_private


def test_a_small_number_of_aliases_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "times.yaml"
    path.write_text(
        "name: times\nhomepage: &home https://times.example/\ndiscover: {sections: [*home], max_urls: 0x10}\n"
    )
    source = load_source_file(path)
    assert source.discover.sections == ("https://times.example/",)
    assert source.discover.max_urls == 16


def test_a_source_is_frozen() -> None:
    source = Source(name="times", homepage="https://times.example/")
    with pytest.raises(ValidationError, match="frozen"):
        source.name = "post"


RULES = Source(
    name="times",
    homepage="https://times.example/",
    extract=(
        ExtractRule(since=date(2024, 1, 1), until=date(2024, 12, 31), drop=(".a",)),
        ExtractRule(since=date(2025, 6, 1), drop=(".b", ".c")),
    ),
)


@pytest.mark.parametrize(
    ("day", "dropped"),
    [
        (date(2023, 12, 31), ()),
        (date(2024, 1, 1), (".a",)),
        (date(2024, 12, 31), (".a",)),
        (date(2025, 1, 1), ()),
        (date(2025, 5, 31), ()),
        (date(2025, 6, 1), (".b", ".c")),
        (date(2099, 1, 1), (".b", ".c")),
    ],
)
def test_a_page_is_read_with_the_rules_of_its_day(day: date, dropped: tuple[str, ...]) -> None:
    rules = rules_on(RULES.extract, datetime.combine(day, time(12), UTC), "UTC")
    assert tuple(selector for rule in rules for selector in rule.drop) == dropped
    assert (rules_digest(rules) == "none") == (not dropped)


@pytest.mark.parametrize(
    ("moment", "timezone", "dropped"),
    [
        (datetime(2025, 5, 31, 21, 30, tzinfo=UTC), "UTC", False),
        (datetime(2025, 5, 31, 21, 30, tzinfo=UTC), "Europe/Berlin", False),
        (datetime(2025, 5, 31, 22, 30, tzinfo=UTC), "Europe/Berlin", True),  # 00:30 there
        (datetime(2025, 6, 1, 3, 30, tzinfo=UTC), "America/New_York", False),  # the evening before
    ],
)
def test_the_days_of_rules_are_the_source_s_own(moment: datetime, timezone: str, dropped: bool) -> None:
    assert bool(rules_on(RULES.extract, moment, timezone)) == dropped


def test_the_digest_of_rules_is_stable_and_follows_what_they_do() -> None:
    old, new = RULES.extract
    assert rules_digest([old]) == "b10af820dbcb"  # sha256 of {"drop":[".a"]}
    assert rules_digest([new]) == rules_digest([ExtractRule(until=date(2030, 1, 1), drop=(".c", ".b"))])
    said = [
        ExtractRule(),
        old,
        new,
        ExtractRule(keep=(".a",)),
        ExtractRule(title=("h1", "h2")),
        ExtractRule(title=("h2", "h1")),  # the first that gives words counts: another rule
        ExtractRule(title=("h1",), byline=("h2",)),
        ExtractRule(byline=("h1",)),
        ExtractRule(date=("time@datetime",)),
        ExtractRule(images=("figure",)),
        ExtractRule(text=(".a",)),
    ]
    assert len({rules_digest([rule]) for rule in said}) == len(said)
    assert rules_digest([]) == rules_digest([ExtractRule(since=date(2025, 6, 1))]) == "none"


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("time", ("time", None)),
        ("time@datetime", ("time", "datetime")),
        ('meta[property="x"]@content', ('meta[property="x"]', "content")),
        ("a[href*='@home']", ("a[href*='@home']", None)),
        ("a[href*='@home']@data-by.line", ("a[href*='@home']", "data-by.line")),
    ],
)
def test_an_attribute_is_named_behind_the_selector(value: str, parts: tuple[str, str | None]) -> None:
    assert split_attribute(value) == parts
    assert ExtractRule(date=(value,)).date == (value,)


def test_the_examples_load_and_wait_for_a_person() -> None:
    sources = load_sources(EXAMPLES)
    assert len(sources) >= 10
    assert [source.name for source in sources] == sorted(source.name for source in sources)
    assert {"daily-nk", "the-guardian"} <= {source.name for source in sources}
    assert not [source.name for source in sources if source.enabled]
    assert len({source.language for source in sources}) >= 8
    for source in sources:
        text = (EXAMPLES / f"{source.name}.yaml").read_text(encoding="utf-8")
        assert "# a person turns it on" in text
        assert len(text.splitlines()) <= 30


_words = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
_addresses = st.builds(lambda host, path: f"https://{host}.example/{path}", _words, _words)
_days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
_sources = st.builds(
    Source,
    name=_words,
    title=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30),
    homepage=_addresses,
    timezone=st.sampled_from(["UTC", "Asia/Kolkata", "America/St_Johns"]),
    enabled=st.booleans(),
    schedule=st.builds("{} {} * * *".format, st.integers(0, 59), st.integers(0, 23)),
    discover=st.fixed_dictionaries(
        {"feeds": st.lists(_addresses, max_size=3), "max_urls": st.integers(1, 10**6)}
    ),
    politeness=st.fixed_dictionaries({"delay": st.none() | st.floats(0, 1e6, allow_subnormal=False)}),
    extract=st.lists(
        st.builds(ExtractRule, since=_days, until=st.none(), drop=st.lists(_words.map(".{}".format))),
        max_size=1,
    ),
    expect=st.fixed_dictionaries({"text": st.none() | st.floats(0, 1)}),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=_sources)
def test_what_is_written_is_read_back(tmp_path: Path, source: Source) -> None:
    path = tmp_path / f"{source.name}.yaml"
    written = StringIO()
    YAML(typ="safe", pure=True).dump(source.model_dump(mode="json", exclude_defaults=True), written)
    path.write_text(written.getvalue(), encoding="utf-8")
    assert load_source_file(path) == source


def _objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, dict):
        own = [schema] if "properties" in schema else []
        return own + [found for value in schema.values() for found in _objects(value)]
    return []


def test_the_schema_helps_an_editor_with_every_key() -> None:
    schema = source_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["name", "homepage"]
    objects = _objects(schema)
    assert len(objects) == 1 + sum("properties" in defined for defined in schema["$defs"].values())
    for described in objects:
        assert described["additionalProperties"] is False
        for name, key in described["properties"].items():
            defined = schema["$defs"].get(key.get("$ref", "").rpartition("/")[2], {})
            assert key.get("description") or defined.get("description"), name
    assert set(schema["properties"]) == set(Source.model_fields)
    assert set(schema["$defs"]["Discover"]["properties"]) == {
        "feeds",
        "sitemaps",
        "sections",
        "articles",
        "max_urls",
        "front",
    }
    delay = schema["$defs"]["Politeness"]["properties"]["delay"]
    assert {"type": "number", "minimum": 0} in delay["anyOf"]


def test_every_reference_in_the_schema_leads_somewhere() -> None:
    schema = source_schema()
    text = str(schema)
    used = {part.split("'")[0] for part in text.split("#/$defs/")[1:]}
    assert used == set(schema["$defs"])
