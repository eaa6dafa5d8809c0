"""Replay shows what was archived, leads nowhere but into the archive, and serves nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from tests.archive.material import NOON, exchange
from tests.web.conftest import STORY
from tests.web.hostile import HOSTILE
from tests.web.visitor import ORIGINS, Answer, Visitor, archive_with
from web.replay_css import replay_css
from web.replay_html import replay_html
from web.replay_url import Replayed

PAGE = "https://news.example/2026/page.html"
WEB = "/web/20260329120000mp_"
REPLAYED = Replayed(PAGE, NOON)
ADDRESSED = {
    "href",
    "src",
    "poster",
    "background",
    "cite",
    "data",
    "action",
    "formaction",
    "ping",
    "manifest",
}
HARMLESS_TAGS = re.compile(
    r"script|svg|math|iframe|frame|object|embed|applet|form|input|base|template|noscript|portal"
)
POLICY = {
    *("sandbox", "default-src 'none'", "img-src 'self' data:", "style-src 'self' 'unsafe-inline'"),
    *("media-src 'self'", "font-src 'self'", "form-action 'none'", "base-uri 'none'", "script-src 'none'"),
    *("connect-src 'none'", "worker-src 'none'", f"frame-ancestors {ORIGINS.api}"),
}


class Tags(HTMLParser):
    """Every tag of a page as a second parser sees it, with its attributes; style sheets by their text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.styles: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            self.styles.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment survived: {data}")


def by_lxml(page: str) -> list[tuple[str, dict[str, str]]]:
    tree = html.document_fromstring(page)
    return [(str(each.tag), {str(k): str(v) for k, v in each.attrib.items()}) for each in tree.iter()]


def leads_into_the_archive(address: str) -> bool:
    at = urlsplit(urljoin(f"{ORIGINS.replay}{WEB}/{PAGE}", address))
    inside = f"{at.scheme}://{at.netloc}" == ORIGINS.replay and at.path.startswith("/web/")
    return inside or address.startswith("data:image/") or address == "data:,"


def css_addresses(css: str) -> Iterator[str]:
    plain = re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda found: chr(int(found[1], 16)), css)
    yield from (
        found[2] for found in re.finditer(r"url\(\s*([\"']?)(.*?)\1\s*(?:\)|\Z)", plain, re.IGNORECASE)
    )
    yield from (found[1] for found in re.finditer(r"[\"']([^\"']*//[^\"']*)[\"']", plain))


def faults(page: str) -> list[str]:
    """What a replayed page still has of what it may not have."""
    found, second = [], Tags(page)
    sheets = list(second.styles)
    for tag, attributes in [*second.found, *by_lxml(page)]:
        if HARMLESS_TAGS.search(tag) or ":" in tag:
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            if name.startswith("on") or name in {"target", "srcdoc", "http-equiv", "nonce", "is"}:
                found.append(f"{tag} {name}={value}")
            if name in ADDRESSED and not leads_into_the_archive(value):
                found.append(f"{tag} {name}={value}")
            if name == "srcset" and not all(map(leads_into_the_archive, re.findall(r"(?:^|, )(\S+)", value))):
                found.append(f"{tag} {name}={value}")
            if name == "style":
                sheets.append(value)
            if tag == "link" and name == "rel" and not set(value.split()) <= {"stylesheet", "icon"}:
                found.append(f"link rel={value}")
    for sheet in sheets:
        found += [f"css {each}" for each in css_addresses(sheet) if not leads_into_the_archive(each)]
        found += [f"css {word}" for word in ("expression(", "behavior:", "binding:", "<") if word in sheet]
    return found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    pages = [
        exchange(
            f"https://hostile.example/{number}",
            markup if isinstance(markup, bytes) else markup.encode(),
            headers=("Content-Type: text/html", "Set-Cookie: a=1", "Refresh: 0; url=https://live.example/"),
        )
        for number, markup in enumerate(HOSTILE.values())
    ]
    archive, _ = archive_with(tmp_path_factory.mktemp("hostile"), pages)
    yield Visitor(archive)
    archive.close()


@pytest.mark.parametrize(("number", "name"), list(enumerate(HOSTILE)))
def test_nothing_hostile_survives(hostile: Visitor, number: int, name: str) -> None:
    answer = hostile.replay(f"{WEB}/https://hostile.example/{number}")
    assert answer.status == 200, name
    assert faults(answer.text) == []
    check_headers(answer)


def check_headers(answer: Answer) -> None:
    [policy] = answer.headers.get_list("content-security-policy")
    assert set(policy.split("; ")) == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert not {"set-cookie", "refresh", "service-worker-allowed", "access-control-allow-origin"} & set(
        answer.headers
    )


def test_there_are_forty_and_they_are_hostile() -> None:
    assert len(HOSTILE) >= 40
    as_they_are = [
        markup if isinstance(markup, str) else markup.decode("utf-7") for markup in HOSTILE.values()
    ]
    harmless = [name for name, markup in zip(HOSTILE, as_they_are, strict=True) if not caught(markup)]
    assert harmless == []


def caught(markup: str) -> bool:
    try:
        return bool(faults(markup))
    except (AssertionError, ValueError):
        return True


ARTICLE = """<!DOCTYPE html>
<html lang="de"><head><title>A &amp; B</title><link rel=stylesheet href="/s.css"></head>
<body class="x"><h1>Ferry &lt;returns&gt;</h1>
<p>Old <b>text</b> <a href="../b?x=1&amp;y=2#part">link</a> <a href="#top">up</a>
<img data-src="pic.jpg" src="data:image/gif;base64,AAAA" alt="a > b">
<noscript><img src="//img.example/p.jpg"></noscript>
<form><p>kept</p></form> <custom-box>inside</custom-box> tail</body></html>"""


def test_what_a_reader_sees_is_kept() -> None:
    page = replay_html(ARTICLE, REPLAYED)
    assert page.startswith('<!DOCTYPE html><html lang="de"><head><title>A &amp; B</title>')
    assert faults(page) == []
    tree = html.document_fromstring(page)
    words = " ".join(tree.text_content().split())
    assert words == "A & B Ferry <returns> Old text link up kept inside tail"
    assert tree.xpath("//a/@href") == [f"{WEB}/https://news.example/b?x=1&y=2#part", "#top"]
    assert tree.xpath("//link/@href") == [f"{WEB}/https://news.example/s.css"]
    assert f"{WEB}/https://img.example/p.jpg" in tree.xpath("//img/@src")


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ('<img data-src="pic.jpg" alt="late">', f'src="{WEB}/https://news.example/2026/pic.jpg"'),
        ('<img srcset="a.jpg 1x, b.jpg 2.5x">', f'srcset="{WEB}/https://news.example/2026/a.jpg 1x, '),
        ('<iframe src="/f"></iframe>', f'<a href="{WEB}/https://news.example/f">[frame]</a>'),
        (
            '<meta http-equiv=refresh content="5; url=/on">',
            f'<a href="{WEB}/https://news.example/on">another',
        ),
        ('<base href="/b/"><a href="c">x</a>', f'href="{WEB}/https://news.example/b/c"'),
        ("<a href='/\u00e4 b?c=\"'>x</a>", f'href="{WEB}/https://news.example/%C3%A4%20b?c=%22"'),
        ("<xmp><b>1</b></xmp>", "<pre>&lt;b&gt;1&lt;/b&gt;</pre>"),
    ],
)
def test_what_markup_becomes(markup: str, shown: str) -> None:
    assert shown in replay_html(markup, REPLAYED)


@pytest.mark.parametrize("markup", ["", "   ", "<!-- only a comment -->", "\0", "<" * 1000, "<div>" * 50_000])
def test_odd_pages_are_shown(markup: str) -> None:
    assert faults(replay_html(markup, REPLAYED)) == []


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a{color:red}", "a{color:red}"),
        ("a{background:url(b.png)}", f'a{{background:url("{WEB}/https://news.example/2026/b.png")}}'),
        ("a{background:URL( 'b.png' )}", f'a{{background:URL( "{WEB}/https://news.example/2026/b.png" )}}'),
        ("@import 'b.css' screen;", f'@import "{WEB}/https://news.example/2026/b.css" screen;'),
        ("a::before{content:'it''s'}", "a::before{content:'it''s'}"),
        ("a{b:url(data:image/png;base64,AA==)}", 'a{b:url("data:image/png;base64,AA==")}'),
        ("a{b:url(data:text/html,x)}", 'a{b:url("data:,")}'),
        ("a{b:url(javascript:1)}", 'a{b:url("data:,")}'),
        ("/* x */a{}", " a{}"),
        (
            "@media (min-width: 600px){a{width:calc(1px + 2%)}}",
            "@media (min-width: 600px){a{width:calc(1px + 2%)}}",
        ),
    ],
)
def test_style_sheets(css: str, expected: str) -> None:
    assert replay_css(css, REPLAYED) == expected


@pytest.mark.parametrize(
    ("path", "status", "kind", "body"),
    [
        ("https://news.example/s.css", 200, "text/css; charset=utf-8", b'a{background:url("/web/'),
        ("https://img.news.example/p.png", 200, "image/png", b"\x89PNG"),
        ("https://news.example/p.svg", 200, "image/svg+xml", b"<svg/>"),
        ("https://news.example/x.js", 200, "application/octet-stream", b"alert(1)"),
        ("https://news.example/none", 404, "text/html; charset=utf-8", b"<html><body><p>none</p>"),
        (
            "https://nowhere.example/",
            404,
            "text/plain; charset=utf-8",
            b"no capture of https://nowhere.example/ is in the archive",
        ),
        ("https://news.example/broken", 502, "application/problem+json", b'{"type"'),
        (STORY, 200, "text/html; charset=utf-8", b"<html><body><h1>One</h1>"),
    ],
)
def test_kinds_of_captures(visitor: Visitor, path: str, status: int, kind: str, body: bytes) -> None:
    answer = visitor.replay(f"{WEB}/{path}")
    assert (answer.status, answer.headers["content-type"]) == (status, kind)
    assert answer.body.startswith(body)
    check_headers(answer)
    assert ("attachment" in answer.headers.get("content-disposition", "")) == path.endswith((".svg", ".js"))


def test_a_redirect_stays_in_the_archive(visitor: Visitor) -> None:
    answer = visitor.replay("/web/2026mp_/https://news.example/old")
    assert (answer.status, answer.headers["location"]) == (302, f"{WEB}/https://news.example/new?a=1")
    check_headers(answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/web/2026id_/{STORY}", 400),
        (f"/web/2026/{STORY}", 400),
        (f"/timegate/{STORY}", 404),
        (f"/timemap/link/{STORY}", 404),
        ("/cdx?url=news.example", 404),
        ("/", 404),
        ("/sw.js", 404),
        (f"{WEB}/http://news.example/../../../cdx", 400),
    ],
)
def test_nothing_else_is_served(visitor: Visitor, path: str, status: int) -> None:
    answer = visitor.replay(path)
    assert answer.status == status
    check_headers(answer)


def test_no_service_worker_is_served(visitor: Visitor) -> None:
    assert visitor.replay("/web/2026mp_/https://news.example/x.js", Service_Worker="script").status == 403


def test_links_lead_to_the_moment_of_the_page(tmp_path: Path) -> None:
    later = NOON + timedelta(days=1)
    archive, _ = archive_with(tmp_path, [exchange(PAGE, b"<a href=/x>x</a>", at=later)])
    answer = Visitor(archive).replay(f"/web/2020mp_/{PAGE}")
    archive.close()
    assert b"/web/20260330120000mp_/https://news.example/x" in answer.body
    assert answer.headers["memento-datetime"] == "Mon, 30 Mar 2026 12:00:00 GMT"


def test_the_demo_is_replayed(demo_visitor: Visitor) -> None:
    fields = "matchType=host&output=text&fl=timestamp,url,mime,status"
    lines = "".join(demo_visitor.api(f"/cdx?url={host}&{fields}").text for host in hosts_of(demo_visitor))
    pages = [line.split(" ") for line in lines.splitlines() if line.endswith("text/html 200")]
    assert len(pages) > 20
    for timestamp, url, *_ in pages:
        answer = demo_visitor.replay(f"/web/{timestamp}mp_/{url}")
        assert answer.status == 200
        assert faults(answer.text) == []


def hosts_of(visitor: Visitor) -> set[str]:
    store = visitor.archive.store
    files = [found.key for found in store.list("captures/") if found.key.endswith(".cdxj")]
    urls = [url for key in files for url in re.findall(r'"url": "([^"]+)"', store.read(key).decode())]
    return {urlsplit(url).netloc for url in urls}
