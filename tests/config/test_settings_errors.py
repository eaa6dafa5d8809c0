"""Broken settings, in the file and in variables, and what their message must say."""

import os
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.problems import ConfigProblems
from config.settings import load_settings

SECRET = "canary-8d1f"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with files to name, and an environment without our variables."""
    for name in [name for name in os.environ if name.upper().startswith("DATELINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.pem").write_text("no certificate")
    (tmp_path / "hosts").write_text("192.0.2.1 a.example\nlocalhost 127.0.0.1\n")
    (tmp_path / "latin").write_bytes(b"192.0.2.1 caf\xe9\n")
    return tmp_path


# name of the case, content of dateline.yaml, parts of the only problem
FILES = [
    (
        "unknown key",
        "stor: s3://b\n",
        ["dateline.yaml:1: stor: value 's3://b': is an unknown key", "'store'?"],
    ),
    ("unknown key inside", "network:\n  dealy: 1\n", [":2: network.dealy: ", "did you mean 'delay'?"]),
    ("key of another level", "proxy: http://h:1\n", [":1: proxy: ", "did you mean 'network.proxy'?"]),
    (
        "section that is a list",
        "network: [1]\n",
        [":1: network: value a list: ", "a mapping with the keys contact,"],
    ),
    ("store scheme", "store: gs://bucket\n", [":1: store: value 'gs://bucket': is no address of a store"]),
    ("store is a path", "store: /srv/archive\n", [":1: store: ", "did you mean 'file:///srv/archive'?"]),
    (
        "store without root",
        "store: file://srv/archive\n",
        [":1: store: ", "did you mean 'file://./srv/archive'?"],
    ),
    ("store on localhost", "store: file://localhost/srv\n", ["did you mean 'file:///srv'?"]),
    (
        "store without path",
        "store: 'file://'\n",
        [":1: store: value 'file://': is no path of a folder; allowed: file"],
    ),
    ("bucket missing", "store: 's3:///prefix'\n", [":1: store: ", "names no bucket"]),
    ("bucket malformed", "store: s3://News_Archive/x\n", [":1: store: ", "malformed bucket 'News_Archive'"]),
    ("prefix with dots", "store: s3://bucket/a/../b\n", [":1: store: ", "has a malformed prefix"]),
    (
        "secret in the store",
        f"store: s3://key:{SECRET}@bucket/x\n",
        [":1: store: value 's3://key:***@bucket/x': has the malformed bucket 'key:***@bucket'"],
    ),
    (
        "catalog driver",
        f"catalog: postgres://u:{SECRET}@db.example/d\n",
        [
            ":1: catalog: value 'postgres://u:***@db.example/d': is no address of a catalog; allowed: sqlite:///",
            "did you mean 'postgresql+psycopg://u:***@db.example/d'?",
        ],
    ),
    (
        "catalog as a DSN",
        f"catalog: host=db password={SECRET} dbname=d\n",
        ["value 'host=db password=*** dbname=d'"],
    ),
    ("catalog is a path", "catalog: data/catalog.db\n", ["did you mean 'sqlite:///data/catalog.db'?"]),
    (
        "catalog in memory",
        "catalog: 'sqlite:///:memory:'\n",
        [":1: catalog: ", "a file that all processes share"],
    ),
    ("catalog without slash", "catalog: sqlite://catalog.db\n", ["did you mean 'sqlite:///catalog.db'?"]),
    ("no database", "catalog: postgresql+psycopg://db.example/\n", [":1: catalog: ", "names no database"]),
    (
        "catalog whose host was forgotten",
        f"catalog: postgresql+psycopg://u:{SECRET}\n",
        [":1: catalog: value 'postgresql+psycopg://u:***': has a port"],
    ),
    (
        "password with a slash",
        f"catalog: postgresql+psycopg://u:p/{SECRET}@db.example/d\n",
        [":1: catalog: value 'postgresql+psycopg://u:***@db.example/d': has a port"],
    ),
    ("empty path", "spool: ''\n", [":1: spool: value '': is no path; allowed: a path of a folder"]),
    ("number as a path", "sources: 5\n", [":1: sources: value 5: is of the wrong type; allowed: text"]),
    ("endpoint", "s3: {endpoint: 'localhost:8333'}\n", [":1: s3.endpoint: ", "is no web address"]),
    (
        "a replica in the store's own place",
        "store: s3://news/dateline\nreplica: s3://news/dateline\n",
        [":2: replica: ", "is the store too; allowed: another folder or bucket"],
    ),
    ("no store as a replica", "replica: ftp://h/x\n", [":1: replica: ", "is no address of a store"]),
    ("profile", "replica_s3: {profile: 'a b'}\n", [":1: replica_s3.profile: "]),
    (
        "proxy scheme",
        f"network:\n  proxy: socks5://u:{SECRET}@h:1080\n",
        [":2: network.proxy: value 'socks5://***@h:1080': is no HTTP proxy; allowed: http://host:port or"],
    ),
    (
        "proxy without scheme",
        f"network: {{proxy: 'u:{SECRET}@h:1'}}\n",
        ["value '***@h:1'", "'http://***@h:1'?"],
    ),
    (
        "proxy without port",
        "network: {proxy: 'http://h'}\n",
        ["network.proxy: value 'http://h': names no port"],
    ),
    (
        "proxy without host",
        f"network: {{proxy: 'http://u:{SECRET}'}}\n",
        ["network.proxy: value '***': has a port"],
    ),
    (
        "proxy with a path",
        "network: {proxy: 'http://h:1/x'}\n",
        ["network.proxy: ", "more than a proxy's address"],
    ),
    (
        "no CA file",
        "network:\n  ca_file: ca.pem\n",
        [":2: network.ca_file: value 'ca.pem': cannot be read: No such"],
    ),
    (
        "CA file of text",
        "network: {ca_file: text.pem}\n",
        ["network.ca_file: ", "holds no certificate", "PEM form"],
    ),
    (
        "no hosts file",
        "network: {hosts_file: nowhere}\n",
        ["network.hosts_file: ", "cannot be read: No such file"],
    ),
    (
        "hosts file",
        "network: {hosts_file: hosts}\n",
        ["network.hosts_file: ", "line 2: 'localhost' is no IP address"],
    ),
    (
        "hosts file in Latin-1",
        "network: {hosts_file: latin}\n",
        ["network.hosts_file: ", "cannot be read: not UTF-8"],
    ),
    (
        "contact",
        "network: {contact: somebody}\n",
        ["network.contact: value 'somebody': is no contact; allowed: a web"],
    ),
    (
        "header in the agent",
        'network: {user_agent: "A\\r\\nCookie: b"}\n',
        ["user_agent: ", "allowed: printable ASCII"],
    ),
    (
        "zero timeout",
        "network: {timeout: 0}\n",
        ["network.timeout: value 0: is too small; allowed: more than 0"],
    ),
    (
        "connecting takes longer",
        "network:\n  timeout: 10s\n  connect_timeout: 20s\n",
        [":3: network.connect_timeout: value '20s': ", "allowed: at most network.timeout, which is 10 s"],
    ),
    (
        "size",
        "crawl: {segment_bytes: 12 parsec}\n",
        ["crawl.segment_bytes: ", "unknown unit 'parsec'; allowed: bytes"],
    ),
    (
        "half a byte",
        "crawl: {segment_bytes: 0.5}\n",
        ["crawl.segment_bytes: ", "is no whole number of bytes"],
    ),
    ("no workers", "crawl: {workers: 0}\n", ["crawl.workers: value 0: is too small; allowed: 1 or more"]),
    (
        "ladder going down",
        "crawl: {revisit: [7, 1]}\n",
        ["crawl.revisit: ", "each longer than the one before"],
    ),
    (
        "word in a ladder",
        "crawl: {revisit: [1, soon]}\n",
        ["crawl.revisit[1]: value 'soon': ", "allowed: a number"],
    ),
    (
        "level",
        "log: {level: loud}\n",
        ["log.level: value 'loud': is not one of the choices; allowed: 'debug', 'info'"],
    ),
    ("syntax", "store: [\n", ["is no YAML"]),
    ("tag", "store: !!python/name:os.system x\n", [":1: store: has the tag"]),
    ("duplicate key", "log:\nlog:\n", [":2: log: the key stands here twice (first on line 1)"]),
]


@pytest.mark.parametrize(("content", "parts"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_a_broken_file_says_what_where_and_what_is_allowed(
    here: Path, content: str, parts: list[str]
) -> None:
    (here / "dateline.yaml").write_text(content)
    with pytest.raises(ConfigProblems) as caught:
        load_settings()
    message = str(caught.value)
    assert len(caught.value.problems) == 1, message
    assert message.startswith(f"{here}/dateline.yaml:")
    for part in parts:
        assert part in message
    assert SECRET not in message
    assert caught.value.__cause__ is None  # pydantic's own error holds the input


# name of the case, variable, value, parts of the only problem
VARIABLES = [
    ("unknown", "DATELINE_STOR", "s3://b", ["DATELINE_STOR: stor: value 's3://b': is an unknown variable"]),
    ("near one", "DATELINE_STOR", "s3://b", ["allowed: DATELINE_STORE, ", "did you mean DATELINE_STORE?"]),
    ("near one inside", "DATELINE_NETWORK__PROXI", "x", ["did you mean DATELINE_NETWORK__PROXY?"]),
    ("one underscore", "DATELINE_NETWORK_PROXY", "http://h:1", ["did you mean DATELINE_NETWORK__PROXY?"]),
    (
        "group",
        "DATELINE_LOG",
        "{}",
        ["names a group of settings", "allowed: DATELINE_LOG__LEVEL, DATELINE_LOG__FORMAT"],
    ),
    (
        "too deep",
        "DATELINE_LOG__LEVEL__X",
        "1",
        ["DATELINE_LOG__LEVEL__X: log.level.x: value '1': is an unknown"],
    ),
    ("credentials", "DATELINE_S3__SECRET_ACCESS_KEY", SECRET, ["value ***: is an unknown variable"]),
    (
        "not a number",
        "DATELINE_CRAWL__WINDOW",
        "many",
        [
            "DATELINE_CRAWL__WINDOW: crawl.window: value 'many': is no number of places",
            "allowed: auto, or a whole number from 1 to 10000",
        ],
    ),
    ("not a boolean", "DATELINE_NETWORK__UNRESOLVED_THROUGH_PROXY", "perhaps", ["allowed: true or false"]),
    (
        "item of a list",
        "DATELINE_CRAWL__REVISIT",
        "1,x",
        ["DATELINE_CRAWL__REVISIT: crawl.revisit[1]: value "],
    ),
    (
        "secret",
        "DATELINE_NETWORK__PROXY",
        f"https://u:{SECRET}@h:1",
        [
            "DATELINE_NETWORK__PROXY: network.proxy: value 'https://***@h:1': is no HTTP proxy",
            "'http://***@h:1'?",
        ],
    ),
    (
        "odd secret",
        "DATELINE_NETWORK__PROXY",
        f"http://u:a {SECRET}@b@h:1",
        ["value 'http://***@h:1': is more than"],
    ),
    (
        "no such file",
        "DATELINE_CONFIG",
        "nowhere.yaml",
        ["/nowhere.yaml: does not exist; allowed: a readable YAML"],
    ),
]


@pytest.mark.parametrize(
    ("name", "value", "parts"), [row[1:] for row in VARIABLES], ids=[row[0] for row in VARIABLES]
)
def test_a_broken_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, parts: list[str]
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigProblems) as caught:
        load_settings()
    message = str(caught.value)
    assert len(caught.value.problems) == 1, message
    for part in parts:
        assert part in message
    assert SECRET not in message


def test_everything_wrong_comes_in_one_error(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "dateline.yaml").write_text("store: x:y\nlog: {level: loud, form: json}\nnetwork: 5\n")
    monkeypatch.setenv("DATELINE_CRAWL__WINDOW", "0")
    monkeypatch.setenv("DATELINE_NETWORK__DELAY", "1s")
    monkeypatch.setenv("DATELINE_WINDOW", "1")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert caught.value.exit_status == 2
    lines = str(caught.value).splitlines()
    assert [line.split(": value")[0].removeprefix(f"{here}/") for line in lines] == [
        "DATELINE_WINDOW: window",
        "dateline.yaml:1: store",
        "dateline.yaml:3: network",
        "DATELINE_CRAWL__WINDOW: crawl.window",
        "dateline.yaml:2: log.level",
        "dateline.yaml:2: log.form",
    ]


def test_a_broken_file_does_not_hide_a_broken_variable(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "dateline.yaml").write_text("store: [\n")
    monkeypatch.setenv("DATELINE_CRAWL__WINDOW", "0")
    with pytest.raises(ConfigProblems, match=r"(?s)dateline\.yaml:\d: is no YAML.*DATELINE_CRAWL__WINDOW: "):
        load_settings()
