"""How the demo answers: validators, compression, charsets, keep-alive, and furniture that never rests."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import lxml.html
import pytest

from cli.demo_site import DemoSite

Get = Callable[..., Any]

ARTICLES = {
    "harbour-courier": "/news/2026/03/19/night-ferry-returns",
    "tagblatt-am-see": "/lokales/neuer-steg-am-schilfufer-10418.html",
    "el-mirador": "/economia/2026/03/18/almendros-en-flor/",
}


@pytest.mark.parametrize(("site", "path"), ARTICLES.items())
def test_furniture_changes_on_every_fetch_and_the_article_does_not(
    demo: DemoSite, get: Get, site: str, path: str
) -> None:
    url = demo.url(site, path)
    pages = [get(url).text for _ in range(4)]
    assert len(set(pages)) == 4
    planted = demo.planted_text(url, 1)
    for page in pages:
        text = " ".join(lxml.html.fromstring(page).text_content().split())
        assert all(paragraph in text for paragraph in planted.paragraphs)


def test_the_same_requests_give_the_same_furniture() -> None:
    def first_page() -> str:
        with DemoSite() as demo:
            connection = HTTPConnection("127.0.0.1", demo.port)
            connection.request(
                "GET", ARTICLES["harbour-courier"], headers={"Host": f"harbour-courier.test:{demo.port}"}
            )
            page = connection.getresponse().read().decode()
            connection.close()
            return page.replace(str(demo.port), "PORT")

    assert first_page() == first_page()


@pytest.mark.parametrize(
    "path", ["/robots.txt", "/feed.xml", "/news-sitemap.xml", "/media/harbour-01-480.jpg"]
)
def test_steady_resources_can_be_revalidated(demo: DemoSite, get: Get, path: str) -> None:
    url = demo.url("harbour-courier", path)
    first = get(url)
    by_tag = get(url, If_None_Match=f'"other", W/{first.headers["ETag"]}')
    by_date = get(url, If_Modified_Since=first.headers["Last-Modified"])
    for again in (by_tag, by_date):
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Content-Length"] is None
    stale = get(url, If_None_Match='"other"', If_Modified_Since=first.headers["Last-Modified"])
    assert stale.status == 200
    assert get(url, If_Modified_Since="yesterday").status == 200


def test_a_feed_is_new_on_a_new_night(demo: DemoSite, get: Get) -> None:
    url = demo.url("harbour-courier", "/feed.xml")
    first = get(url)
    demo.set_night(2)
    assert get(url, If_None_Match=first.headers["ETag"]).status == 200
    assert get(url, If_Modified_Since=first.headers["Last-Modified"]).status == 200


@pytest.mark.parametrize(
    ("site", "path"),
    [
        *ARTICLES.items(),
        ("tagblatt-am-see", "/robots.txt"),
        ("el-mirador", "/feed.json"),
        ("harbour-courier", "/"),
    ],
)
def test_nothing_else_carries_validators(demo: DemoSite, get: Get, site: str, path: str) -> None:
    reply = get(demo.url(site, path), If_None_Match="*")
    assert reply.status == 200
    assert reply.headers["ETag"] is None
    assert reply.headers["Last-Modified"] is None


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("identity", None)])
def test_the_mirador_sends_chunks_and_compresses_on_request(
    demo: DemoSite, get: Get, accepted: str, encoding: str | None
) -> None:
    reply = get(demo.url("el-mirador", ARTICLES["el-mirador"]), Accept_Encoding=accepted)
    assert reply.headers["Transfer-Encoding"] == "chunked"
    assert reply.headers["Content-Encoding"] == encoding
    assert "</html>" in reply.text


def test_old_pages_of_the_tagblatt_are_latin_and_say_so_only_inside(demo: DemoSite, get: Get) -> None:
    reply = get(demo.url("tagblatt-am-see", "/wirtschaft/apfelbauern-und-der-frost-10415.html"))
    assert reply.headers["Content-Type"] == "text/html"
    assert b"charset=iso-8859-1" in reply.body
    assert "Blüten in kalten Nächten".encode("latin-1") in reply.body
    assert b"berzieht \x96 und gerade" in reply.body  # the en dash of windows-1252; latin-1 has none
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode("utf-8")


def test_new_pages_of_the_tagblatt_are_utf_8(demo: DemoSite, get: Get) -> None:
    reply = get(demo.url("tagblatt-am-see", ARTICLES["tagblatt-am-see"]))
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Gemeindepräsidentin" in reply.body.decode("utf-8")


def test_robots_forbids_a_page_that_the_front_page_links(demo: DemoSite, get: Get) -> None:
    (forbidden,) = demo.expected(1).disallowed
    path = forbidden.partition(f":{demo.port}")[2]
    assert f'href="{path}"' in get(demo.url("tagblatt-am-see")).text
    assert "Disallow: /intern/" in get(demo.url("tagblatt-am-see", "/robots.txt")).text
    assert path.startswith("/intern/")


def test_every_section_page_links_its_articles(demo: DemoSite, get: Get) -> None:
    page = get(demo.url("tagblatt-am-see", "/lokales/")).text
    assert page.count('class="teaser"') == 2
    assert 'href="/lokales/segelschule-wird-hundert-10409.html"' in page


@pytest.mark.parametrize(
    "path", ["/no-such-page", "/media/nothing-01-480.jpg", "/media/harbour-01-481.jpg", "/ads/x.png"]
)
def test_unknown_addresses_are_not_found(demo: DemoSite, get: Get, path: str) -> None:
    assert get(demo.url("harbour-courier", path)).status == 404


def test_head_says_what_get_would_send(demo: DemoSite, get: Get) -> None:
    url = demo.url("harbour-courier", "/feed.xml")
    head = get(url, method="HEAD")
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(get(url).body))


def test_one_connection_carries_many_requests(demo: DemoSite) -> None:
    connection = HTTPConnection("127.0.0.1", demo.port, timeout=300)
    sockets = set()
    for site, path in ARTICLES.items():
        connection.request("GET", path, headers={"Host": demo.hosts[site]})
        assert connection.getresponse().read()
        sockets.add(connection.sock)
    connection.close()
    assert len(sockets) == 1


def test_browsers_reach_the_sites_under_localhost(demo: DemoSite, get: Get) -> None:
    page = get(f"http://el-mirador.localhost:{demo.port}{ARTICLES['el-mirador']}").text
    assert f'<link rel="canonical" href="http://el-mirador.localhost:{demo.port}/' in page
    assert "Night 2" not in get(f"http://127.0.0.1:{demo.port}/").text


@pytest.mark.parametrize(
    ("switchable", "form", "status", "night"),
    [(True, "night=3", 303, 3), (True, "night=9", 404, 1), (True, "", 404, 1), (False, "night=3", 404, 1)],
)
def test_a_person_switches_the_night_only_where_it_is_allowed(
    switchable: bool,
    form: str,
    status: int,
    night: int,
) -> None:
    with DemoSite(switchable=switchable) as demo:
        connection = HTTPConnection("127.0.0.1", demo.port, timeout=300)
        connection.request("POST", "/_night", form)
        response = connection.getresponse()
        response.read()
        connection.close()
        assert (response.status, demo.night) == (status, night)


def test_stopping_hangs_up_on_kept_connections_and_frees_the_port() -> None:
    demo = DemoSite()
    demo.start()
    connection = HTTPConnection("127.0.0.1", demo.port, timeout=300)
    connection.request("GET", "/", headers={"Host": demo.hosts["el-mirador"]})
    connection.getresponse().read()
    demo.stop()
    assert connection.sock.recv(1) == b""
    connection.close()
    demo.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", demo.port), timeout=2)


def test_a_client_that_hangs_up_leaves_no_trace(capfd: pytest.CaptureFixture[str]) -> None:
    with DemoSite() as demo:
        request = f"GET /media/town-04-1200.jpg HTTP/1.1\r\nHost: {demo.hosts['harbour-courier']}\r\n\r\n"
        rude = socket.create_connection(("127.0.0.1", demo.port))
        rude.sendall(request.encode() * 40)
        rude.recv(1)
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close with a reset
        rude.close()
    assert capfd.readouterr().err == ""
