"""Sites whose fault is not in a page: in robots.txt, in feeds and sitemaps, in pictures, in their addresses.

Each is a `HostileSite`: its answers, what its source file says, how its addresses must end in the ledger, and
what must be noted of its feeds and sitemaps.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable

from PIL import Image

from tests.end_to_end.forty_pages import claimed_4_gib, silence, told, wall
from tests.end_to_end.hostile_site import RSS, HostileSite, feed
from tests.end_to_end.made_pictures import png, png_of_size
from tests.end_to_end.raw_site import Answer, RawSite, answer, redirect
from tests.end_to_end.small_site import story

XML, PLAIN = "application/xml", "text/plain"
MIB = 1 << 20
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
SILENT_PAGES = 40


def _urlset(urls: Iterable[str]) -> bytes:
    rows = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f"<?xml version='1.0'?><urlset xmlns='{NAMESPACE}'>{rows}</urlset>".encode()


def _news(site: RawSite, host: str, **answers: Answer) -> dict[str, Answer]:
    """Pages under /news, and the feed that names them."""
    paths = {f"/news/{name.replace('_', '-')}": made for name, made in answers.items()}
    return {**paths, "/feed": feed(site.url(host, path) for path in paths)}


def good_sites(site: RawSite, number: int, stories: int, extra: str = "") -> list[HostileSite]:
    """Sites as they should be."""
    made = []
    for which in range(number):
        host = f"good-{which}.test"
        pages: dict[str, Answer] = {f"n{n}": answer(told(f"Good{which}x{n}")) for n in range(stories)}
        ends = {f"/news/{name}": "archived" for name in pages}
        made.append(
            HostileSite(
                0, host, _news(site, host, **pages), ends=ends, extra="judge: {probe: false}\n" + extra
            )
        )
    return made


# ── robots.txt, and hosts that ask for a pause ───────────────────────────────────────────────────────


def _rules(site: RawSite, row: int, name: str, rules: Answer, *, closed: str = "archived") -> HostileSite:
    """A site with an open and a closed page; `closed` is how the closed one ends."""
    host = f"{name}.test"
    paths = _news(site, host, open=answer(told(f"Open{name}")), closed=answer(told(f"Closed{name}")))
    return HostileSite(
        row, host, {**paths, "/robots.txt": rules}, ends={"/news/open": "archived", "/news/closed": closed}
    )


def _unreachable(site: RawSite, name: str, rules: Answer) -> HostileSite:
    host = f"{name}.test"
    paths = {**_news(site, host, story=answer(told("Never"))), "/robots.txt": rules}
    return HostileSite(13, host, paths, notes=("robots_unreachable",))


def robots_sites(site: RawSite) -> list[HostileSite]:
    closing = b"User-agent: *\nDisallow: /news/closed\n"
    long = closing + b"# nothing but words of a remark\n" * (10 * MIB // 32) + b"Disallow: /\n"
    html = answer("<!doctype html><html><body>Disallow: /</body></html>")
    noisy = b"\xef\xbb\xbfUser-\0agent: *\r\nDis\0allow: /news/closed\r\n" + bytes(range(256))
    hops = _rules(site, 14, "robots-hops", redirect("/robots.txt1"))
    hops.paths |= {f"/robots.txt{n}": redirect(f"/robots.txt{n + 1}") for n in range(1, 7)}
    hops.paths |= {"/robots.txt7": answer("User-agent: *\nDisallow: /", kind=PLAIN)}
    tls = _unreachable(site, "robots-tls", answer(b""))
    tls.scheme = "https"
    return [
        _rules(site, 12, "robots-404", answer("none", "404 Not Found")),
        _rules(site, 12, "robots-403", answer("no", "403 Forbidden")),
        _unreachable(site, "robots-503", answer("busy", "503 Service Unavailable")),
        _unreachable(site, "robots-silent", silence),
        tls,
        _rules(site, 14, "robots-long", answer(long, kind=PLAIN), closed="skipped(robots)"),
        _rules(site, 14, "robots-noise", answer(noisy, kind=PLAIN), closed="skipped(robots)"),
        _rules(site, 14, "robots-html", html),
        hops,
    ]


def _busy(site: RawSite, name: str, status: str, told_later: str) -> HostileSite:
    host = f"{name}.test"
    paths = _news(site, host, **{f"n{n}": answer(told(f"Busy{name}{n}")) for n in range(6)})
    paths["/news/n0"] = answer("busy", status, fields=[f"Retry-After: {told_later}"])
    ends = {f"/news/n{n}": "skipped(retry_after)" for n in range(1, 6)}
    return HostileSite(16, host, paths, ends=ends)


def pause_sites(site: RawSite) -> list[HostileSite]:
    date = "Fri, 31 Dec 2100 23:59:59 GMT"
    return [
        _busy(site, "pause-429", "429 Too Many Requests", "315360000"),
        _busy(site, "pause-503", "503 Service Unavailable", date),
    ]


def silent_site(site: RawSite, pages: int = SILENT_PAGES) -> HostileSite:
    """It takes every connection and says nothing; its robots.txt and its feed are there."""
    host = "silent.test"
    return HostileSite(7, host, _news(site, host, **{f"n{n}": silence for n in range(pages)}))


# ── feeds and sitemaps ───────────────────────────────────────────────────────────────────────────────


def feed_sites(site: RawSite) -> list[HostileSite]:
    grow = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">{grow}]>'
    file = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    outside = _news(site, "feed-file.test", story=answer(told("Outside")))
    outside["/feed"] = feed([site.url("feed-file.test", "/news/story?of=&x;")], file, "&x;")
    urls = [site.url("feed-million.test", f"/news/{n}") for n in range(10)]
    item = b"<item><link>%s</link></item>" % site.url("feed-million.test", "/n").encode()
    million = (
        b"<?xml version='1.0'?><rss version='2.0'><channel>"
        + b"".join(b"<item><link>%s</link></item>" % url.encode() for url in urls)
        + item * 1_000_000
    )
    packed = answer(zlib.compress(million, 1), kind=RSS, fields=["Content-Encoding: deflate"])
    broken = feed([site.url("feed-broken.test", "/news/story")]).replace(
        b"</channel>", b"<item><title>x</tit"
    )
    return [
        HostileSite(24, "feed-bomb.test", {"/feed": feed([], bomb, "&j;")}, notes=("ok",)),
        HostileSite(24, "feed-file.test", outside),
        HostileSite(
            24, "feed-million.test",
            {"/feed": packed, **{f"/news/{n}": answer(told(f"Million{n}")) for n in range(3)}},
            discover="feeds: ['{feed}'], max_urls: 10",
            ends={f"/news/{n}": "archived" for n in range(3)} | {"/news/9": "gone(http_404)"},
            notes=("cut at 5000 entries",),
        ),
        HostileSite(
            24, "feed-broken.test", {"/feed": broken, "/news/story": answer(told("Broken"))},
            ends={"/news/story": "archived"}, notes=("broken xml, read in part",),
        ),
        HostileSite(
            24, "feed-noise.test", {"/feed": answer(bytes(range(256)) * 400, kind=RSS)}, notes=("not a feed",)
        ),
    ]  # fmt: skip


def sitemap_sites(site: RawSite) -> list[HostileSite]:
    host = "sitemaps.test"
    own, more = site.url(host, "/sitemap.xml"), site.url(host, "/more.xml")
    subs = "".join(
        f"<sitemap><loc>{url}</loc></sitemap>" for url in (own, more, site.url(host, "/vast.xml.gz"))
    )
    index = f"<sitemapindex xmlns='{NAMESPACE}'>{subs}</sitemapindex>"
    row = b"<url><loc>%s</loc></url>" % site.url(host, "/news/again").encode()
    begin = f"<?xml version='1.0'?><urlset xmlns='{NAMESPACE}'>".encode()
    vast = begin + row * (100 * MIB // len(row)) + b"</urlset>"
    many = "sitemap-many.test"
    listed = [site.url(many, f"/news/{n}") for n in range(60_000)]
    return [
        HostileSite(
            25, host,
            {
                "/sitemap.xml": answer(index, kind=XML),
                "/more.xml": answer(index, kind=XML),
                "/vast.xml.gz": answer(gzip.compress(vast, 1), kind="application/gzip"),
                "/news/again": answer(told("Again")),
            },
            discover=f"sitemaps: ['{own}']", ends={"/news/again": "archived"},
            notes=("cut at 50000 URLs",),
        ),
        HostileSite(
            25, many,
            {
                "/sitemap.xml": answer(_urlset(listed), kind=XML),
                "/news/0": answer(told("Many")),
            },
            discover=f"sitemaps: ['{site.url(many, '/sitemap.xml')}'], max_urls: 5",
            ends={"/news/0": "archived", "/news/4": "gone(http_404)"},
            notes=("cut at 50000 URLs", "more than discover.max_urls"),
        ),
    ]  # fmt: skip


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────

TRAPS = (
    "/a/a/a/a/the-harbour-is-closed-again-today",
    "/calendar/2031/05/06/the-harbour-is-closed-again",
    "/the-harbour-is-closed-today;jsessionid=0A1B2C3D",
    "/the-harbour-is-closed-today?sid=0123456789abcdef0123",
    "/the-harbour-is-closed-today?" + "&".join(f"{name}=1" for name in "abcdefghijk"),
)


def address_sites(site: RawSite) -> list[HostileSite]:
    host = "traps.test"
    fine = "/2026/03/19/the-dredger-is-back-in-the-harbour"
    links = "".join(
        f"<li><h2><a href='{path}'>The harbour is closed until the dredger is back {n}</a></h2></li>"
        for n, path in enumerate((fine, *TRAPS))
    )
    traps = HostileSite(
        17, host,
        {"/": answer(f"<html><body><main><ul>{links}</ul></main></body></html>"), fine: answer(told("Fine"))},
        discover=f"sections: ['{site.url(host)}']",
        ends={fine: "archived", **dict.fromkeys(TRAPS, "skipped(trap)")},
    )  # fmt: skip
    soft = HostileSite(18, "soft.test", {}, extra="")
    names = ("quay", "pier", "mole", "dock")
    soft.paths = _news(
        site, soft.host, **{f"{name}_of_the_town": answer(told(name)) for name in names}, dead_and_gone=LOST
    )
    soft.paths |= {"/": answer(_front(site, soft.host)), "*": LOST, "/robots.txt": answer("", kind=PLAIN)}
    soft.ends = {f"/news/{name}-of-the-town": "archived" for name in names} | {
        "/news/dead-and-gone": "quarantined(soft_404)"
    }
    home = HostileSite(18, "homeward.test", {}, ends={"/news/dead": "quarantined(listing)"})
    home.paths = _news(site, home.host, dead=answer(_front(site, home.host))) | {
        "/": answer(_front(site, home.host))
    }
    return [traps, soft, home, _homoglyph(site)]


LOST = answer(
    "<html><head><title>Lost at sea</title></head><body><h1>Lost at sea</h1>"
    "<p>There is no story at this address. Perhaps it has moved to another berth, or it was never "
    "written. Try the front page.</p></body></html>"
)


def _front(site: RawSite, host: str) -> str:
    cards = "".join(
        f"<div class=card><h3><a href='{site.url(host, f'/news/{n}')}'>"
        f"The pier of town {n} has been opened again</a></h3>"
        f"<p>What the people of town {n} say about it.</p></div>"
        for n in range(12)
    )
    return (
        f"<html><head><title>The Post</title></head><body><h1>The Post</h1><main>{cards}</main></body></html>"
    )


def _homoglyph(site: RawSite) -> HostileSite:
    """Its feed names its own story by a Unicode host, and one of a host that only looks like it."""
    port = site.port
    own, looks_alike = "höfen.test", "hоfen.test"  # noqa: RUF001 - a Cyrillic letter is meant
    urls = [f"http://{host}:{port}/news/story" for host in (own, looks_alike)]
    wire = "xn--hfen-5qa.test"
    return HostileSite(
        28, wire, {"/feed": feed(urls), "/news/story": answer(told("Punycode"))},
        ends={"/news/story": "archived"}, notes=("1 links left out: on other sites",),
    )  # fmt: skip


def feed_of_nonsense(site: RawSite) -> HostileSite:
    """Addresses that are none: none of them is ever asked for."""
    host = "nonsense.test"
    bad = (
        "file:///etc/passwd", "data:text/html,x", "javascript:alert(1)", "s3://bucket/key", "gopher://x/1",
        f"http://127.0.0.1\\@{host}:{site.port}/news/x", f"http://user:word@{host}:{site.port}/news/x",
        f"http://{host}:0/", f"http://{host}:99999/", f"{site.url(host)}{'a' * 10_000}",
        f"{site.url(host)}news/a&#13;&#10;WARC-Type: metadata",
    )  # fmt: skip
    good = site.url(host, "/news/story")
    return HostileSite(
        11, host, {"/feed": feed([*bad, good]), "/news/story": answer(told("Sense"))},
        ends={"/news/story": "archived"}, notes=("scheme", "backslash", "credentials", "port", "too_long"),
    )  # fmt: skip


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────


def gif_of_frames(number: int) -> bytes:
    """A picture, and very many frames of one pixel after it."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((200, 150)).save(out, "GIF")
    frame = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return out.getvalue()[:-1] + frame * number + b"\x3b"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><script>alert(1)</script></svg>'
SCRIPT = b"<script>alert(1)</script>"
# path → (answer, whether it is kept as a picture of the article)
PICTURES: dict[str, tuple[Answer, bool]] = {
    "/pictures/vast.png": (answer(png_of_size(30_000, 30_000), kind="image/png"), False),
    "/pictures/4-gib.jpg": (claimed_4_gib, False),
    "/pictures/wrong-type.jpg": (answer(png(640, 400), kind="text/html"), True),
    "/pictures/html.png": (answer("<html><body>none</body></html>", kind="image/png"), False),
    "/pictures/10000-frames.gif": (answer(gif_of_frames(10_000), kind="image/gif"), True),
    "/pictures/polyglot.png": (answer(png(800, 500) + SCRIPT, kind="image/png"), True),
    "/pictures/tiff.png": (answer(b"II*\0" + bytes(500), kind="image/png"), False),
    "/pictures/drawing.svg": (answer(SVG, kind="image/svg+xml"), False),
    "/pictures/half.png": (answer(png()[:1500], kind="image/png"), False),
    "/pictures/good.png": (answer(png(), kind="image/png"), True),
}
INSIDE = "http://169.254.169.254/latest/meta-data/picture.png"


def picture_site(site: RawSite) -> HostileSite:
    host = "pictures.test"
    shown = [*(site.url(host, path) for path in PICTURES), INSIDE]
    paths = _news(site, host, story=answer(story("Shown", images=shown)))
    paths |= {path: made for path, (made, _) in PICTURES.items()}
    return HostileSite(30, host, paths, ends={"/news/story": "archived"})


def inside_site(site: RawSite) -> HostileSite:
    """Feeds, sitemaps and canonical addresses that lead inside."""
    host = "inward.test"
    canonical = told("Canon").replace(
        b"<head>", b"<head><link rel=canonical href='http://127.0.0.1/news/canon'>"
    )
    paths = _news(site, host, canon=answer(canonical))
    sitemap = f"http://[::ffff:10.0.0.1]:{site.port}/s.xml"
    discover = f"feeds: ['{{feed}}', 'http://127.0.0.1:{site.port}/feed'], sitemaps: ['{sitemap}']"
    return HostileSite(
        9, host, paths, discover=discover, ends={"/news/canon": "archived"},
        notes=("blocked_private",),
    )  # fmt: skip


def listed_site(site: RawSite) -> HostileSite:
    """Its sitemap lists two of the three stories that its feed names, and one that is not there."""
    host = "listed.test"
    paths = _news(site, host, one=answer(told("One")), two=answer(told("Two")), three=answer(told("Three")))
    listed = [site.url(host, f"/news/{name}") for name in ("two", "three", "four")]
    paths["/sitemap.xml"] = answer(_urlset(listed), kind=XML)
    return HostileSite(
        0, host, paths, discover=f"feeds: ['{{feed}}'], sitemaps: ['{site.url(host, '/sitemap.xml')}']",
        ends={f"/news/{name}": "archived" for name in ("one", "two", "three")}
        | {"/news/four": "gone(http_404)"},
    )  # fmt: skip


AGAIN = {
    "half": answer(gzip.compress(told("Againhalf"))[:-200], fields=["Content-Encoding: gzip"]),
    "wall": answer(wall("consent_full").body),
    "blank": answer(b""),
}


def again_site(site: RawSite) -> HostileSite:
    """Three stories, in whose place there is something else on the next night: `AGAIN`."""
    host = "again.test"
    paths = _news(site, host, **{name: answer(told(f"Again{name}")) for name in AGAIN})
    return HostileSite(0, host, paths, ends={f"/news/{name}": "archived" for name in AGAIN})


def hostile_sites(site: RawSite) -> list[HostileSite]:
    """Every site of rows whose fault is not in a page."""
    return [
        *robots_sites(site), *pause_sites(site), silent_site(site), *feed_sites(site), *sitemap_sites(site),
        *address_sites(site), feed_of_nonsense(site), picture_site(site), inside_site(site),
    ]  # fmt: skip
