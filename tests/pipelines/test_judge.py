"""What is no article is said so, before and after extraction; what is one is let through."""
# ruff: noqa: E501, RUF001 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from archive.exchange import Exchange, Truncation
from archive.outcome import Outcome, OutcomeKind
from pipelines.extract import extract
from pipelines.judge import judge


def packed(data: bytes, level: int = 9) -> bytes:
    """Gzip without the time of day, so that a test's name is the same in every process."""
    return gzip.compress(data, level, mtime=0)


AT = datetime(2026, 3, 1, 2, tzinfo=UTC)
PAGE = b"<html><body><p>Some words.</p></body></html>"


def exchange(
    status: int = 200, body: bytes = PAGE, *headers: str, truncated: Truncation | None = None
) -> Exchange:
    lines = headers or ("Content-Type: text/html",)
    head = "\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode()
    return Exchange(
        "https://e.org/a", AT, b"GET /a HTTP/1.1\r\n\r\n", head, status, body, truncated=truncated
    )


GZIP = ("Content-Type: text/html", "Content-Encoding: gzip")


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (exchange(), None),
        (exchange(404), Outcome(OutcomeKind.GONE, "http_404")),
        (exchange(410, b""), Outcome(OutcomeKind.GONE, "http_410")),
        (exchange(304, b""), Outcome(OutcomeKind.NOT_MODIFIED)),
        (exchange(500), Outcome(OutcomeKind.FAILED, "http_500")),
        (exchange(503), Outcome(OutcomeKind.FAILED, "http_503")),
        (exchange(429), Outcome(OutcomeKind.FAILED, "http_429")),
        (exchange(403), Outcome(OutcomeKind.FAILED, "http_403")),
        (exchange(401), Outcome(OutcomeKind.FAILED, "http_401")),
        (exchange(206), Outcome(OutcomeKind.FAILED, "http_206")),
        (exchange(301), Outcome(OutcomeKind.FAILED, "http_301")),
        (exchange(truncated=Truncation.LENGTH), Outcome(OutcomeKind.QUARANTINED, "truncated")),
        (exchange(404, truncated=Truncation.TIME), Outcome(OutcomeKind.GONE, "http_404")),
        (exchange(200, PAGE, "Content-Type: application/pdf"), Outcome(OutcomeKind.SKIPPED, "not_html")),
        (exchange(200, PAGE, "Content-Type: image/jpeg"), Outcome(OutcomeKind.SKIPPED, "not_html")),
        (exchange(200, b"just text", "Content-Type: text/plain"), Outcome(OutcomeKind.SKIPPED, "not_html")),
        (exchange(200, PAGE, "Content-Type: text/plain"), None),
        (exchange(200, PAGE, "Content-Type: application/xhtml+xml; charset=utf-8"), None),
        (exchange(200, PAGE, "Server: x"), None),
        (exchange(200, b""), Outcome(OutcomeKind.QUARANTINED, "empty")),
        (exchange(200, b" \r\n\0"), Outcome(OutcomeKind.QUARANTINED, "empty")),
        (exchange(200, packed(PAGE), *GZIP), None),
        (exchange(200, packed(b" "), *GZIP), Outcome(OutcomeKind.QUARANTINED, "empty")),
        (exchange(200, packed(PAGE)[:-9], *GZIP), Outcome(OutcomeKind.QUARANTINED, "truncated")),
        (
            exchange(200, PAGE, "Content-Type: text/html", "Content-Encoding: sdch"),
            Outcome(OutcomeKind.QUARANTINED, "bad_content_encoding"),
        ),
    ],
)
def test_an_exchange_is_judged(given: Exchange, outcome: Outcome | None) -> None:
    assert judge(given) == outcome


def page(title: str, *paragraphs: str, head: str = "", extra: str = "") -> str:
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{body}{extra}</body></html>"


SENTENCE = (
    "The town council met on Tuesday evening and spoke for three hours about the old bridge over the river. "
)
PAID = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", "isAccessibleForFree": "False"}</script>'
PASSWORD = '<form><input name="u"><input type="password"><button>Go</button></form>'

WALLS = [
    ("challenge", page("Just a moment...", "www.example.org needs to review the security of your connection before proceeding.")),
    ("challenge", page("Attention Required! | Shield", "Please complete the security check to access example.org", "Ray ID: 7ab")),
    ("challenge", page("example.org", "Verifying you are human. This may take a few seconds.", "Enable JavaScript and cookies to continue")),
    ("challenge", page("Pardon Our Interruption", "As you were browsing something about your browser made us think you were a bot.")),
    ("challenge", page("Access Denied", "You don't have permission to access this page on this server.", "Reference #18.2d")),
    ("challenge", page("example.org", "Press &amp; Hold to confirm you are a human (and not a bot).")),
    ("soft_404", page("404 Not Found", "The page you are looking for does not exist.", "Go to the front page or search for it.")),
    ("soft_404", page("Page not found | The Herald", "Sorry, we could not find what you were looking for. " * 4)),
    ("soft_404", page("Seite nicht gefunden", "Die angeforderte Seite gibt es nicht mehr. Bitte nutzen Sie die Suche oder die Startseite.")),
    ("soft_404", page("Page introuvable", "La page demandée n’existe plus. Retournez à l’accueil pour lire les dernières nouvelles.")),
    ("soft_404", page("The Herald", "Sorry, this page could not be found. It may have been moved, or the address is wrong.")),
    (
        "consent_wall",
        page(
            "Before you continue",
            "We and our 842 partners store and access personal data, like cookies, on your device. " * 3,
            "Select Accept all to consent to tracking for the purposes of personalised advertising, or manage your preferences.",
        ),
    ),
    (
        "consent_wall",
        page(
            "The Herald",
            "We value your privacy. With your consent, we and our partners use cookies to process personal data for advertising purposes. "
            "You can accept all or reject all, or change your preferences at any time in our privacy policy.",
        ),
    ),
    (
        "consent_wall",
        page(
            "Mit Werbung weiterlesen",
            "Besuchen Sie uns wie gewohnt mit Werbung und Cookies. Ihre Zustimmung können Sie jederzeit widerrufen. Details im Datenschutz.",
        ),
    ),
    ("login_wall", page("Log in | The Herald", "Please log in to your account to go on.", extra=PASSWORD)),
    ("login_wall", page("Anmelden", "Melden Sie sich mit Ihrer E-Mail-Adresse und Ihrem Passwort an.", extra=PASSWORD)),
    ("paywall_stub", page("Bridge to close", SENTENCE, "Subscribe to continue reading.", "Already a subscriber? Log in")),
    ("paywall_stub", page("Bridge to close", SENTENCE * 8, "This article is only available for subscribers.", head=PAID)),
    ("paywall_stub", page("Brücke gesperrt", SENTENCE, "Jetzt weiterlesen mit Digital-Abo", "Sie haben bereits ein Abo?")),
    ("paywall_stub", page("Pont fermé", SENTENCE, "Cet article est réservé aux abonnés.")),
    ("no_text", page("")),
    ("too_little_text", page("Gallery", "Five pictures.")),
]  # fmt: skip


def extract_page(markup: str, url: str = "https://example.org/2026/story"):  # noqa: ANN201 - Extraction, as named there
    return extract(
        markup.encode(),
        url=url,
        content_type="text/html; charset=utf-8",
        content_encoding=None,
        captured_at=AT,
    )


@pytest.mark.parametrize(("reason", "markup"), WALLS)
def test_walls_and_stubs_are_quarantined(reason: str, markup: str) -> None:
    result = extract_page(markup)
    assert result.reason == reason
    assert str(result.outcome) == f"quarantined({reason})"


ARTICLES = [
    page("Just a moment of silence for the old bridge", SENTENCE * 4),
    page("404 people cross the bridge each day", SENTENCE * 4),
    page("Access denied: why the bridge is closed", SENTENCE * 10),
    page("Page not found: a museum of lost links opens", SENTENCE * 14),
    page(
        "How cookies track you",
        SENTENCE * 3,
        "Cookies are small files. Many sites ask for consent before they set cookies.",
        SENTENCE * 3,
    ),
    page("Privacy settings: what to know", SENTENCE * 30),
    page("Log in to the past: the archive opens", SENTENCE * 8),
    page("Bridge to close", SENTENCE * 12, head=PAID),
    page("Bridge to close", SENTENCE * 12, "Subscribe to continue reading."),
    page("Bridge to close", SENTENCE * 12, extra=PASSWORD + "<p>Subscribe now</p>"),
    page("A robot passed the captcha, researchers say", SENTENCE * 13, "I'm not a robot, it wrote."),
    page(
        "橋が閉鎖される",
        "町の議会は火曜日の夜に集まり、川にかかる古い橋について三時間にわたって話し合った。橋は来月から閉鎖される。",
    ),
]


@pytest.mark.parametrize("markup", ARTICLES)
def test_articles_about_walls_are_articles(markup: str) -> None:
    assert extract_page(markup).reason is None


HOME = '<link rel="canonical" href="https://example.org/"><meta property="og:type" content="website">'


@pytest.mark.parametrize(
    ("url", "head", "reason"),
    [
        ("https://example.org/2026/story", HOME, "front_page"),
        ("https://example.org/", HOME, None),
        (
            "https://example.org/2026/story",
            HOME + '<meta property="article:published_time" content="2026-02-01">',
            None,
        ),
        ("https://example.org/2026/story", '<link rel="canonical" href="/2026/story">', None),
    ],
)
def test_a_front_page_in_an_articles_place_is_none(url: str, head: str, reason: str | None) -> None:
    assert extract_page(page("The Herald", SENTENCE * 6, head=head), url).reason == reason
