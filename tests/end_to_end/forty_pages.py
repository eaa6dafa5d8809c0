"""What a hostile or broken web answers where a page should be, row by row of the list of faults.

`page_sites` makes a site of each row from lines of: the row, a path, the bytes that are sent, and the outcome
that must stand in the ledger. One row's trouble is no other's: `row-7.test` is the seventh's own.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from threading import Event

import brotli
import zstandard

from tests.end_to_end.hostile_site import HostileSite, feed
from tests.end_to_end.raw_site import RawSite, Wire, answer, redirect
from tests.end_to_end.small_site import story
from tests.pipelines.gate_pages import GatePage, walls

MIB = 1 << 20


def told(name: str, **more: str) -> bytes:
    """A story of its own, as bytes."""
    return story(name, **more).encode()


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = answer(length=-1, fields=["Transfer-Encoding: chunked"])
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def coded(data: bytes, coding: str) -> bytes:
    return answer(data, fields=[f"Content-Encoding: {coding}"])


def _head(name: str) -> bytes:
    """The head and the first half of a page whose length is that of all of it."""
    return answer(told(name))[: len(answer(told(name))) - 900]


def deflated_zeros(mebibytes: int) -> bytes:
    """The gzip of so many MiB of zeros, without packing them all: equal blocks, full flushes between."""
    packer = zlib.compressobj(9, wbits=31)
    head = packer.compress(b"\0" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * (mebibytes - 1)


def brotli_zeros(mebibytes: int) -> bytes:
    packer = brotli.Compressor(quality=1)
    packed: bytes = b"".join(packer.process(b"\0" * MIB) for _ in range(mebibytes)) + packer.finish()
    return packed


# ── answers that are sent bit by bit ─────────────────────────────────────────────────────────────────


def reset_halfway(wire: Wire) -> None:
    wire.send(_head("Reset"))
    wire.reset()


def reset_at_once(wire: Wire) -> None:
    wire.reset()


def drip(wire: Wire) -> None:
    wire.send(answer(b"<html><body><p>wait", length=90_000))
    while True:  # until the crawler hangs up
        wire.send(b".")
        Event().wait(0.2)


def drip_the_head(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        wire.send(b"X: y\r\n")
        Event().wait(0.2)


def silence(wire: Wire) -> None:
    wire.hold()


def endless_head(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(20_000):
        wire.send(b"X-%d: %s\r\n" % (number, b"y" * 1000))


def claimed_4_gib(wire: Wire) -> None:
    """A picture that says it is 4 GiB long, and is sent until the crawler has had enough."""
    wire.send(answer(b"", kind="image/jpeg", length=4 << 30), b"\xff\xd8\xff\xe0")
    while True:
        wire.send(b"\0" * MIB)


# ── what pages hold ──────────────────────────────────────────────────────────────────────────────────


def nested(depth: int) -> bytes:
    return b"<html><body>" + b"<div>" * depth + told("Deep")


def one_text_node(size: int) -> bytes:
    words = b"The quay was closed again on this day, as the harbour office said. "
    return b"<html><body><p>" + words * (size // len(words))


def dated(value: str, name: str) -> bytes:
    head = f'<head><meta property="article:published_time" content="{value}">' if value else "<head>"
    return story(name).replace("<head>", head).encode()


_WALLS = ("consent_full", "captcha", "challenge", "login", "paywall")


def wall(kind: str) -> GatePage:
    """In English, in the site's usual frame."""
    return next(one for one in walls() if one.name == f"{kind}-en-framed")


LIMITED = "failed(extract_memory)|failed(extract_timeout)"  # whichever of the worker's limits is met first

CYRILLIC = (
    "<html><head><title>Причал закрыт до весны</title></head><body><article><h1>Причал закрыт до весны</h1>"
    "<p>Портовое управление сообщило во вторник, что причал останется закрытым, пока не вернётся судно.</p>"
    "<p>Два парома отправили к северному причалу, и пассажирам пришлось ждать там больше часа на ветру.</p>"
    "<p>Представительница совета сказала журналистам, что работы готовили ещё прошлой весной.</p>"
    "<p>Рыбаки спросили, кто заплатит им за ночи, в которые лодки не могли выйти в море за рыбой.</p>"
    "<p>Совет обещал ответить на следующей неделе, когда станет известна цена новых свай и досок.</p>"
    "</article></body></html>"
)
JAPANESE = (
    "<html><head><title>桟橋は春まで閉鎖</title></head><body><article><h1>桟橋は春まで閉鎖される</h1>"
    "<p>港湾局は火曜日、浚渫船が戻るまで桟橋を閉鎖すると発表した。乗客は北の埠頭で一時間待った。</p>"
    "<p>町の広報官は記者団に対し、工事は昨年の春から計画されており、急ぐことはないと語った。</p>"
    "<p>漁師たちは、船を出せなかった夜の損害を誰が払うのかと尋ねた。町は来週答えると約束した。</p>"
    "<p>新しい杭と板の値段が分かるまで、費用の見積もりは示されないという。渡し船は臨時の時刻で動く。</p>"
    "</article></body></html>"
)
UMLAUTS = story("Käse").replace("<head>", '<head><meta charset="utf-8">')

Made = bytes | Callable[[Wire], None]
Rows = Iterator[tuple[int, str, Made, str]]


def _transport() -> Rows:
    """Bodies that are not whole, and answers that do not end."""
    body = told("Cut")
    packed = {"gzip": gzip.compress(body), "br": brotli.compress(body), "zstd": zstandard.compress(body)}
    for coding, data in packed.items():
        yield 1, f"/news/half-{coding}", coded(data[: len(data) // 2], coding), "quarantined(truncated)"
    yield 2, "/news/too-short", answer(body, length=90_000), "quarantined(truncated)"
    yield 2, "/news/too-long", answer(body, length=500), "quarantined(truncated)"
    yield 3, "/news/bad-chunk", chunked(body[:500], end=b"zz\r\nnonsense\r\n"), "quarantined(truncated)"
    yield 3, "/news/no-last-chunk", chunked(body[:500], end=b""), "quarantined(truncated)"
    yield 3, "/news/reset-halfway", reset_halfway, "quarantined(truncated)"
    yield 3, "/news/reset-at-once", reset_at_once, "failed(disconnect)"
    yield 4, "/news/bomb-gzip", coded(deflated_zeros(300), "gzip"), "quarantined(too_large)"
    yield 4, "/news/bomb-br", coded(brotli_zeros(100), "br"), "quarantined(too_large)"
    nest = gzip.compress(gzip.compress(gzip.compress(body)))
    yield 4, "/news/three-codings", coded(nest, "gzip, gzip, gzip"), "quarantined(bad_content_encoding)"
    yield 5, "/news/20-mb-of-head", endless_head, "failed(headers_too_large)"
    cookies = [f"Set-Cookie: c{number}={'v' * 40}" for number in range(10_000)]
    yield 5, "/news/10000-cookies", answer(body, fields=cookies), "failed(headers_too_large)"
    yield 6, "/news/drip", drip, "quarantined(truncated)"
    yield 6, "/news/drip-the-head", drip_the_head, "failed(timeout)"


def _walls() -> Rows:
    for page in map(wall, _WALLS):
        (reason,) = page.reasons
        yield 19, f"/news/{page.kind}", answer(page.body), f"quarantined({reason})"
    yield 20, "/news/empty", answer(b""), "quarantined(empty)"
    yield 20, "/news/blanks", answer(b" \r\n\t \0" * 50), "quarantined(empty)"


def _characters() -> Rows:
    declared = UMLAUTS.encode()
    yield 21, "/news/header-against-meta", answer(declared, kind="text/html; charset=iso-8859-1"), "archived"
    yield 21, "/news/bom", answer(b"\xef\xbb\xbf" + declared, kind="text/html; charset=cp1252"), "archived"
    yield 21, "/news/undeclared", answer(JAPANESE.encode("shift_jis"), kind="text/html"), "archived"
    yield 21, "/news/cp1251", answer(CYRILLIC.encode("cp1251"), kind="text/html; charset=cp1251"), "archived"
    yield 21, "/news/invalid", answer(told("Bytes").replace(b"quay", b"qu\xff\xfe\x80ay", 1)), "archived"
    yield 21, "/news/unknown", answer(told("Charset"), kind="text/html; charset=x-\xff-none"), "archived"
    odd = told("Odd").replace(b"quay", b"qu\0\xed\xa0\x80\xe2\x80\xae\xe2\x81\xa6ay")
    yield 22, "/news/odd-characters", answer(odd), "archived"
    long = told("Line").replace(
        b"</article>", b"</article><script>let x='" + b"quay " * (2 * MIB) + b"'</script>"
    )
    yield 22, "/news/one-line-of-10-mb", answer(long), "archived"
    yield 23, "/news/nested", answer(nested(5_000)), "archived"
    yield 23, "/news/text-node", answer(one_text_node(12 * MIB)), LIMITED
    many = b"".join(b" a%d=''" % number for number in range(200_000))
    yield 23, "/news/attributes", answer(b"<html><body><p" + many + b">"), "quarantined(no_text)"


DATES = {
    "none": "",
    "no-zone": "2026-03-19T10:00:00",
    "2099": "2099-01-01T00:00:00Z",
    "year-1": "0001-01-01T00:00:00Z",
    "slashes": "03/04/2026",
    "summer-time-gap": "2026-03-29T02:30:00",
    "no-date": "yesterday at \x00 noon 99:99",
}
VARIANTS = (
    *("/news/story?ref=a", "/news/story?ref=b", "/news/story", "/news/story/", "/news/Story"),
    *("/news/caf%C3%A9", "/news/cafe%CC%81", "/news/story;jsessionid=1", "/news/story?a=1&b=2"),
)


def _meaning() -> Rows:
    for name, value in DATES.items():
        yield 26, f"/news/date-{name}", answer(dated(value, f"Date{name}")), "archived"
    for number, path in enumerate(VARIANTS):
        yield 27, path, answer(told(f"Variant{number}")), "archived"
    forged = answer(told("Forged"), fields=["X-A: b\rWARC-Type: metadata\r\n\tX-Folded: 1", "X-B: \x01\x7f"])
    yield 29, "/news/forged-fields", forged, "failed(protocol)"
    yield 29, "/news/%0d%0aWARC-Type:%20metadata", answer(told("Encoded")), "archived"
    yield 29, "/news/..%2f..%2f..%2fetc%2fpasswd", answer(told("Dots")), "archived"


def redirects(site: RawSite) -> Rows:
    """Redirects: these know the site's port."""
    private = [
        "127.0.0.1", "[::1]", "0.0.0.0", "169.254.169.254", "100.64.1.1", "[fd00::1]", "[::ffff:10.0.0.1]",
        "2130706433", "0x7f.1", "inside.test", "mixed.test",
    ]  # fmt: skip
    yield 8, "/news/circle", redirect("/news/circle-back"), "failed(redirect_loop)"
    site.add("row-8.test", {"/news/circle-back": redirect("/news/circle")})
    yield 8, "/news/30-hops", redirect("/hop/1"), "failed(redirect_limit)"
    site.add("row-8.test", {f"/hop/{n}": redirect(f"/hop/{n + 1}") for n in range(1, 31)})
    secure = site.url("row-8.test", "/news/there-and-back", scheme="https")

    def flip(wire: Wire) -> None:
        plain = not hasattr(wire.connection, "version")
        wire.send(redirect(secure if plain else site.url("row-8.test", "/news/there-and-back")))

    yield 8, "/news/there-and-back", flip, "failed(redirect_loop)"
    yield 8, "/news/moved", redirect(site.url("elsewhere.test", "/news/new-home")), "archived"
    site.add("elsewhere.test", {"/news/new-home": answer(told("Moved"))})
    for number, host in enumerate(private):
        to = f"http://{host}:{site.port}/news/{number}"
        row = 10 if host == "mixed.test" else 9
        yield row, f"/news/inside-{number}", redirect(to), "failed(blocked_private)"
    for scheme in (
        "file:///etc/hostname",
        "data:text/html,x",
        "ftp://row-11.test/x",
        "s3://b/k",
        "gopher://x/",
    ):
        yield 11, f"/news/{scheme.partition(':')[0]}", redirect(scheme), "failed(blocked_scheme)"
    inside = f"http://127.0.0.1\\@row-11.test:{site.port}/"  # one parser's host is the other's name of a user
    yield 11, "/news/backslash", redirect(inside), "failed(blocked_private)"
    for name in ("expired.test", "wrong-host.test"):
        yield (
            15,
            f"/news/{name}",
            redirect(site.url(name, "/", scheme="https")),
            "skipped(robots_unreachable)",
        )
    yield 29, "/news/to-nul", redirect("/news/a\x00b"), "failed(protocol)"
    yield 29, "/news/to-escape", redirect("/news/\x1b[2J"), "gone(http_404)"  # asked for as %1B
    yield 29, "/news/to-long", redirect("/" + "a" * 10_000), "gone(http_404)"


def page_sites(site: RawSite) -> list[HostileSite]:
    """A site for each row of the table, whose feed names its addresses."""
    rows = [*_transport(), *redirects(site), *_walls(), *_characters(), *_meaning()]
    made: dict[int, HostileSite] = {}
    for row, path, given, outcome in rows:
        one = made.setdefault(row, HostileSite(row, f"row-{row}.test", {}, ends={}))
        one.paths[path] = given
        one.ends[path] = outcome
    for one in made.values():
        one.paths["/feed"] = feed(site.url(one.host, path.replace("&", "&amp;")) for path in one.ends)
    return list(made.values())
