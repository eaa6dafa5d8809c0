"""Broken source files, and what their message must say."""

from pathlib import Path

import pytest

from config.load_sources import SourceErrors, load_source_file, load_sources

GOOD = "name: times\nhomepage: https://www.times.example/\n"

# name of the case, content of times.yaml, all parts that the one message must have
BROKEN = [
    (
        "unknown key with a near one",
        GOOD + "shedule: 0 2 * * *\n",
        [
            ":3: shedule: value '0 2 * * *': is an unknown key",
            "allowed: name, title,",
            "did you mean 'schedule'?",
        ],
    ),
    (
        "unknown key far down",
        GOOD + "discover:\n  articles:\n    alow: ['/20/']\n",
        [
            ":5: discover.articles.alow: value a list: is an unknown key; allowed: allow, deny;",
            "did you mean 'allow'?",
        ],
    ),
    (
        "unknown key in a list",
        GOOD + "extract:\n  - since: 2026-01-01\n    dorp: ['.ad']\n",
        [
            ":5: extract[0].dorp: ",
            "unknown key; allowed: since, until, drop, keep, text, title, byline, date, images;",
            "did you mean 'drop'?",
        ],
    ),
    (
        "key of another level",
        GOOD + "feeds: [https://www.times.example/rss]\n",
        [":3: feeds: value a list: is an unknown key", "did you mean 'discover.feeds'?"],
    ),
    (
        "unknown key that looks secret",
        GOOD + "password: hunter2\n",
        [":3: password: value ***: is an unknown key"],
    ),
    ("missing homepage", "name: times\n", [":1: homepage: is required"]),
    ("missing name", "homepage: https://www.times.example/\n", [":1: name: is required"]),
    (
        "empty homepage",
        "name: times\nhomepage:\n",
        [":2: homepage: value nothing: is of the wrong type; allowed: text"],
    ),
    (
        "number for text",
        GOOD + "title: 1984\n",
        [":3: title: value 1984: is of the wrong type; allowed: text (put numbers and dates in quotes)"],
    ),
    (
        "text for a list",
        GOOD + "discover:\n  feeds: https://www.times.example/rss\n",
        [
            ":4: discover.feeds: value 'https://www.times.example/rss': is of the wrong type;",
            "allowed: a list;",
            "did you mean [https://www.times.example/rss]?",
        ],
    ),
    (
        "list for a mapping",
        GOOD + "images: [20]\n",
        [":3: images: value a list: is of the wrong type; allowed: a mapping with the keys enabled, max"],
    ),
    (
        "word for a boolean",
        GOOD + "enabled: perhaps\n",
        [":3: enabled: value 'perhaps': ", "allowed: true or false"],
    ),
    ("fraction", GOOD + "images: {max: 2.5}\n", [":3: images.max: value 2.5: ", "allowed: a whole number"]),
    (
        "negative",
        GOOD + "images:\n  max: -1\n",
        [":4: images.max: value -1: is too small; allowed: 0 or more"],
    ),
    ("share over one", GOOD + "expect: {text: 95}\n", [":3: expect.text: value 95: ", "allowed: 1 or less"]),
    (
        "not a number",
        GOOD + "expect: {text: .nan}\n",
        [":3: expect.text: value '.nan': ", "allowed: a number"],
    ),
    (
        "hour 25",
        GOOD + 'schedule: "0 25 * * *"\n',
        [":3: schedule: value '0 25 * * *': has a wrong field '25' for hour 0-23; allowed: five fields:"],
    ),
    (
        "cron with seconds",
        GOOD + 'schedule: "0 0 2 * * *"\n',
        [":3: schedule: ", "has 6 fields, not five", "did you mean '0 2 * * *'?"],
    ),
    ("cron nickname", GOOD + 'schedule: "@daily"\n', [":3: schedule: ", "did you mean '0 0 * * *'?"]),
    (
        "30 February",
        GOOD + 'schedule: "0 0 30 2 *"\n',
        [":3: schedule: value '0 0 30 2 *': never comes; allowed: a day that its month has"],
    ),
    (
        "zone misspelled",
        GOOD + "timezone: Europe/Berln\n",
        [":3: timezone: value 'Europe/Berln': is no time zone; allowed: a name such as", "'Europe/Berlin'?"],
    ),
    ("zone without region", GOOD + "timezone: berlin\n", [":3: timezone: ", "did you mean 'Europe/Berlin'?"]),
    ("zone that is a path", GOOD + "timezone: ../../etc/passwd\n", [":3: timezone: ", "is no time zone"]),
    ("language", GOOD + "language: english please\n", [":3: language: ", "allowed: a BCP 47 tag such as en"]),
    (
        "address without scheme",
        "name: times\nhomepage: www.times.example/\n",
        [":2: homepage: value 'www.times.example/': is no web address", "'https://www.times.example/'?"],
    ),
    (
        "misspelled scheme",
        "name: times\nhomepage: htps://www.times.example/\n",
        [":2: homepage: ", "did you mean 'https://www.times.example/'?"],
    ),
    (
        "file address",
        "name: times\nhomepage: file:///etc/passwd\n",
        [":2: homepage: ", "allowed: http:// or https://"],
    ),
    ("no host", "name: times\nhomepage: https:///news\n", [":2: homepage: ", "has no host"]),
    (
        "port 0",
        "name: times\nhomepage: http://times.example:0/\n",
        [":2: homepage: ", "allowed: a port from 1 to 65535"],
    ),
    (
        "port 70000",
        "name: times\nhomepage: http://times.example:70000/\n",
        ["allowed: a port from 1 to 65535"],
    ),
    (
        "fragment",
        GOOD
        + "discover:\n  sections:\n    - https://www.times.example/a\n    - https://www.times.example/b#top\n",
        [":6: discover.sections[1]: ", "has a fragment", "did you mean 'https://www.times.example/b'?"],
    ),
    (
        "space in an address",
        GOOD + "discover: {feeds: ['https://a.example/b c']}\n",
        ["discover.feeds[0]: ", "' '"],
    ),
    (
        "broken pattern",
        GOOD + "discover:\n  articles:\n    allow: ['/20(']\n",
        [":5: discover.articles.allow[0]: value '/20(': is no regular expression: missing )"],
    ),
    (
        "catastrophic pattern",
        GOOD + "discover:\n  articles:\n    deny:\n      - /ok/\n      - (a+)+$\n",
        [
            ":7: discover.articles.deny[1]: value '(a+)+$': ",
            "catastrophic backtracking",
            "allowed: a regular expr",
        ],
    ),
    ("look-behind", GOOD + "discover: {articles: {allow: ['(?<=a*)b']}}\n", ["allow[0]: ", "fixed-width"]),
    (
        "selector",
        GOOD + "extract:\n  - drop: ['.ok', 'div[']\n",
        [":4: extract[0].drop[1]: value 'div[': is no CSS selector", "allowed: a CSS selector such as"],
    ),
    (
        "selector with an unknown pseudo-class",
        GOOD + "extract: [{drop: ['p:blue']}]\n",
        ["extract[0].drop[0]: "],
    ),
    (
        "attribute without a selector",
        GOOD + "extract: [{title: ['h1', '@content']}]\n",
        ["extract[0].title[1]: value '@content': is no CSS selector"],
    ),
    (
        "attribute where there is none to take",
        GOOD + "extract: [{drop: ['p@class']}]\n",
        ["extract[0].drop[0]: value 'p@class': is no CSS selector"],
    ),
    (
        "since after until",
        GOOD + "extract:\n  - since: 2026-02-01\n    until: 2026-01-01\n",
        [":5: extract[0].until: value '2026-01-01': ends before it starts; allowed: 2026-02-01 or later"],
    ),
    (
        "no such day",
        GOOD + "extract: [{since: 2026-02-30}]\n",
        ["extract[0].since: value '2026-02-30': is no date"],
    ),
    (
        "a time",
        GOOD + "extract: [{since: 2026-02-03T10:00}]\n",
        ["extract[0].since: ", "a date such as 2026-01-31"],
    ),
    (
        "overlapping rules",
        GOOD + "extract:\n  - until: 2026-01-31\n  - since: 2026-01-31\n",
        [":5: extract[1]: ", "overlaps extract[0] (2026-01-31 to now, and the beginning to 2026-01-31)"],
    ),
    (
        "two rules for ever",
        GOOD + "extract: [{drop: [a]}, {drop: [b]}]\n",
        ["extract[1]: ", "overlaps extract[0]"],
    ),
    (
        "duration",
        GOOD + "politeness: {delay: 5 parsecs}\n",
        [
            ":3: politeness.delay: value '5 parsecs': has the unknown unit 'parsecs';",
            "allowed: seconds as a number",
        ],
    ),
    (
        "negative duration",
        GOOD + "politeness: {delay: -1}\n",
        [":3: politeness.delay: value -1: is no duration"],
    ),
    (
        "name in capitals",
        "name: The Times\nhomepage: https://www.times.example/\n",
        [":1: name: value 'The Times': is no name for a source; allowed: small letters", "'the-times'?"],
    ),
    (
        "name of another file",
        "name: post\nhomepage: https://www.times.example/\n",
        [":1: name: value 'post': differs from the file's name 'times.yaml'", "did you mean 'times'?"],
    ),
]


def _problems(folder: Path, content: str | bytes) -> list[str]:
    path = folder / "times.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SourceErrors) as caught:
        load_source_file(path)
    assert caught.value.exit_status == 2
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(("content", "parts"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_file_says_what_where_and_what_is_allowed(
    tmp_path: Path, content: str, parts: list[str]
) -> None:
    problems = _problems(tmp_path, content)
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{tmp_path}/times.yaml:")
    for part in parts:
        assert part in problems[0]


# Files that are no plain YAML mapping: name of the case, bytes, and what the only problem says.
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
NOT_PLAIN = [
    ("empty", b"", ":1: the file is empty; allowed: a mapping of keys to values"),
    ("only a comment", b"# later\n", ":1: the file is empty"),
    ("a list", b"- name: times\n", ":1: the file is no mapping"),
    ("text", b"times\n", ":1: the file is no mapping"),
    (
        "not UTF-8",
        GOOD.encode() + b"title: caf\xe9\n",
        ":3: is not UTF-8 (byte 0xe9); allowed: text in UTF-8",
    ),
    ("UTF-16", GOOD.encode("utf-16"), ":1: is not UTF-8 (byte 0xff)"),
    (
        "control character",
        GOOD.encode() + b"title: \x01\n",
        ":3: is no YAML: special characters are not allowed",
    ),
    ("tab as indent", b"name: times\ndiscover:\n\tfeeds: []\n", ":3: is no YAML:"),
    ("open bracket", GOOD.encode() + b"discover: {feeds: [\n", "is no YAML:"),
    ("two documents", GOOD.encode() + b"---\nname: b\n", ":3: is no YAML:"),
    ("undefined alias", GOOD.encode() + b"title: *who\n", ":3: is no YAML: found undefined alias 'who'"),
    (
        "duplicate key",
        GOOD.encode() + b"discover:\n  max_urls: 1\n  max_urls: 2\n",
        ":5: discover.max_urls: the key stands here twice (first on line 4)",
    ),
    (
        "tag of a Python object",
        GOOD.encode() + b"title: !!python/object/apply:os.system ['true']\n",
        ":3: title: has the tag '!!python/object/apply:os.system'; allowed: text, numbers",
    ),
    ("tag of our own", GOOD.encode() + b"title: !secret x\n", ":3: title: has the tag '!secret'"),
    ("binary tag", GOOD.encode() + b"title: !!binary aGk=\n", ":3: title: has the tag '!!binary'"),
    ("merge key", GOOD.encode() + b"<<: {title: x}\n", ":3: merge keys (<<) are not read"),
    ("number as a key", GOOD.encode() + b"2026: x\n", ":3: a key is not text"),
    ("alias bomb", BOMB.encode(), "holds too many values, aliases followed; allowed: at most 10000 values"),
    (
        "alias of itself",
        GOOD.encode() + b"extract: &x [*x]\n",
        ":3: extract: holds too many values, aliases followed",
    ),
    ("too large", GOOD.encode() + b"#" * (256 * 1024), "the file is too large; allowed: at most 256 KiB"),
    (
        "endless list",
        GOOD.encode() + b"extract: [" + b"a, " * 60_000 + b"]\n",
        ":3: holds too many values; allowed",
    ),
    ("too deep", b"name: " + b"[" * 100_000, ":1: is nested too deep; allowed: at most 16 levels"),
]


@pytest.mark.parametrize(
    ("content", "part"), [row[1:] for row in NOT_PLAIN], ids=[row[0] for row in NOT_PLAIN]
)
def test_a_file_that_is_no_plain_mapping_is_refused(tmp_path: Path, content: bytes, part: str) -> None:
    problems = _problems(tmp_path, content)
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{tmp_path}/times.yaml")
    assert part in problems[0]


def test_a_long_number_is_refused_as_text(tmp_path: Path) -> None:
    problems = _problems(tmp_path, GOOD + f"images: {{max: {'9' * 10_000}}}\n")
    assert len(problems) == 1
    assert "images.max: value '999" in problems[0]
    assert len(problems[0]) < 400


def test_a_password_in_an_address_is_never_shown(tmp_path: Path) -> None:
    content = "name: times\nhomepage: https://reader:hunter2@www.times.example/\n"
    problems = _problems(tmp_path, content)
    assert len(problems) == 1
    assert problems[0] == (
        f"{tmp_path}/times.yaml:2: homepage: value 'https://reader:***@www.times.example/': "
        "holds a user or password; allowed: http:// or https://, a host, and a path; no user, password or "
        "fragment; did you mean 'https://www.times.example/'?"
    )


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\nhomepage: nowhere\nimages: {max: -1}\n")
    (tmp_path / "b.yaml").write_text("- b\n")
    (tmp_path / "c.yml").write_text("name: c\nhomepage: https://c.example/\n")
    (tmp_path / "d.yaml").write_text("name: d\nhomepage: https://d.example/\n")
    (tmp_path / "README.md").write_text("not a source")
    (tmp_path / ".e.yaml").write_text("hidden: [")
    with pytest.raises(SourceErrors) as caught:
        load_sources(tmp_path)
    found = [(problem.file, problem.line, problem.key) for problem in caught.value.problems]
    assert found == [
        (tmp_path / "a.yaml", 2, "homepage"),
        (tmp_path / "a.yaml", 3, "images.max"),
        (tmp_path / "b.yaml", 1, ""),
        (tmp_path / "c.yml", None, ""),
    ]
    assert str(caught.value).count("\n") == 3
    assert "c.yml: is not read; allowed: file names that end in .yaml; did you mean 'c.yaml'?" in str(
        caught.value
    )


def test_one_name_in_two_files_names_both(tmp_path: Path) -> None:
    (tmp_path / "post.yaml").write_text("name: times\nhomepage: https://a.example/\n")
    (tmp_path / "times.yaml").write_text("# ours\nname: times\nhomepage: https://b.example/\n")
    with pytest.raises(SourceErrors) as caught:
        load_sources(tmp_path)
    first, second = map(str, caught.value.problems)
    assert (
        f"post.yaml:1: name: value 'times': is also the name of the source in {tmp_path}/times.yaml:2"
        in first
    )
    assert (
        f"times.yaml:2: name: value 'times': is also the name of the source in {tmp_path}/post.yaml:1"
        in second
    )


@pytest.mark.parametrize(
    ("place", "what"), [("missing", "No such file or directory"), ("file", "Not a directory")]
)
def test_a_folder_that_cannot_be_read_is_one_problem(tmp_path: Path, place: str, what: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceErrors, match=what):
        load_sources(tmp_path / place)


def test_a_folder_named_like_a_file_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "times.yaml").mkdir()
    with pytest.raises(SourceErrors, match=r"times\.yaml: is no file; allowed: a readable YAML file"):
        load_sources(tmp_path)
