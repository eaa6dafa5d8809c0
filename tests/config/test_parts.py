"""The small parts: units, secrets, hosts files, safe patterns."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.hosts_file import parse_hosts
from config.problems import closest
from config.regex_safety import why_unsafe
from config.secrets import mask_address, mask_url
from config.units import parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (0, 0),
        (4096, 4096),
        (2.0, 2),
        ("12", 12),
        ("12B", 12),
        ("1KB", 1000),
        ("1 KiB", 1024),
        ("256MiB", 268435456),
        ("256 mib", 268435456),
        ("1.5GiB", 1610612736),
        ("2TB", 2_000_000_000_000),
    ],
)
def test_sizes(text: object, size: int) -> None:
    assert parse_size(text) == size
    assert isinstance(parse_size(text), int)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (0, 0.0),
        (2.5, 2.5),
        ("1", 1.0),
        ("500ms", 0.5),
        ("5s", 5.0),
        ("2m", 120.0),
        ("1h", 3600.0),
        ("1.5 d", 129600.0),
    ],
)
def test_durations(text: object, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("parse", [parse_size, parse_duration])
@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "s",
        "five",
        "-2",
        -1,
        "1e9",
        "1,5",
        "٣",
        float("inf"),
        float("nan"),
        "5 s s",
        "5eV",
        [5],
        "9" * 99,
    ],
)
def test_what_is_no_quantity(parse: Callable[[object], float], value: object) -> None:
    with pytest.raises(ValueError, match=r"^(is no|has the unknown unit)"):
        parse(value)


@given(st.integers(0, 2**40), st.sampled_from(["KiB", "MiB", "GiB"]))
def test_a_size_with_a_unit_is_that_many(number: int, unit: str) -> None:
    power = {"KiB": 10, "MiB": 20, "GiB": 30}[unit]
    assert parse_size(f"{number}{unit}") == number << power


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://www.times.example/a?b=c#d", "https://www.times.example/a?b=c#d"),
        ("postgresql+psycopg://u:pw@h:5432/d", "postgresql+psycopg://u:***@h:5432/d"),
        ("http://:pw@h:1", "http://:***@h:1"),
        ("http://u:p@ss/w:rd@h", "http://u:***@h"),
        ("from http://u:pw@h:1 to http://v:px@i:2.", "from http://u:***@h:1 to http://v:***@i:2."),
        ("postgresql://h/d?user=u&password=pw&x=1", "postgresql://h/d?user=u&password=***&x=1"),
        ("host=h PASSWORD=pw dbname=d", "host=h PASSWORD=*** dbname=d"),
        ("desk@press.example", "desk@press.example"),
        ("https://social.example/@desk", "https://social.example/@desk"),
    ],
)
def test_passwords_in_text_are_masked(text: str, masked: str) -> None:
    assert mask_url(text) == masked


@given(
    st.sampled_from(["http", "postgresql+psycopg"]),
    st.from_regex(r"[a-z]{0,8}", fullmatch=True),
    st.text(min_size=1).map("{}canary".format).filter(lambda text: "://" not in text),
)
def test_no_password_survives_in_an_address(scheme: str, user: str, password: str) -> None:
    masked = mask_address(f"{scheme}://{user}:{password}@host.example/db")
    assert masked == f"{scheme}://{user}:***@host.example/db"


def test_hosts_files_are_read_as_their_manual_says() -> None:
    text = (
        "# ours\n\n192.0.2.1\tWWW.a.example. a.example # two names\n"
        "2001:db8::1 a.example\n192.0.2.1 a.example\n"
    )
    assert parse_hosts(text) == {
        "www.a.example": ("192.0.2.1",),
        "a.example": ("192.0.2.1", "2001:db8::1"),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.example 192.0.2.1", "line 1: 'a.example' is no IP address"),
        ("\n192.0.2.1 # nobody", "line 2: no name for 192.0.2.1"),
        ("192.0.2.300 a.example", "line 1: '192.0.2.300' is no IP address"),
        ("192.0.2.1 http://a.example/", "line 1: 'http://a.example/' is no host name"),
    ],
)
def test_a_broken_hosts_file_names_its_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        parse_hosts(text)


UNSAFE = [
    "(a+)+$",
    "(a*)*",
    "(a|a)+",
    "(a|ab)*c",
    "(.+)+/",
    "(.*,)+x",
    r"(\w+\s?)*$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    "(?:a+){2}",
    "(?i)(?:[a-z]+Z)+",
    "(?=(a+)+)b",
    r"(?:(a)\1)+",
    "(?:/a*a*)+",
    "x(?:a?b?c?)+y",
    ".*.*.*x",
    "(" * 3000 + "a" + ")" * 3000,
    "a" * 501,
]
SAFE = [
    "",
    r"/20\d\d/\d{1,2}/",
    "/(?:world|sport|business)/",
    "^https://www[.]a[.]example/[^/]+/?$",
    "(?:/[a-z-]+)+/[0-9]+$",
    "(?:[a-z-]+/)*x",
    "(?:[^/]+/)+article",
    r"(?:\d\d)+x",
    "(?:ab|cd)+x",
    "/.*/.*/x",
    "(?i)/NEWS/",
    r"(?<!/live)/\d+",
]


@pytest.mark.parametrize("pattern", UNSAFE)
def test_patterns_that_can_backtrack_without_end_are_refused(pattern: str) -> None:
    assert why_unsafe(pattern)


@pytest.mark.parametrize("pattern", SAFE)
def test_patterns_that_are_let_through_are_fast_on_hostile_addresses(pattern: str) -> None:
    assert why_unsafe(pattern) is None
    compiled = re.compile(pattern)
    started = time.process_time()
    for hostile in ("a" * 300, "/" * 300, "/a" * 150, "a-" * 150, "ab" * 150, "0" * 300, "/0a-" * 75):
        compiled.search(hostile + "!")
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("word", "meant"),
    [("shedule", "schedule"), ("SCHEDULE", "schedule"), ("fee", "feeds"), ("xyz", None), ("", None)],
)
def test_the_closest_word(word: str, meant: str | None) -> None:
    assert closest(word, ["schedule", "feeds", "name"]) == meant
