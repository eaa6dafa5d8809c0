"""Twelve kinds of news site, each with another way in, for `sources add` and the crawl that follows.

Every site has stories, and pages that are none and lie in wait: sections, tags, authors, service pages. What
names the stories differs: a feed of any form, a sitemap of any form, or nothing but links.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from uuid import UUID

from tests.end_to_end.small_site import Answer, Page, SmallSite, page, redirect, robots
from tests.site.words import Story, story

NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
SECTIONS = ("politics", "culture", "sport")
_TAGS = ("harbour-news-and-views", "bridges", "ferries-and-other-ships")
_AUTHORS = ("jane-doe", "ole-nord")
XML = '<?xml version="1.0" encoding="UTF-8"?>'
_SERVICE = ("about-us", "contact", "privacy-policy", "newsletter")


@dataclass
class Placed:
    """A story with its address and its section."""

    story: Story
    url: str
    section: str
    published: datetime


@dataclass
class Kind:
    """A site that was built into a SmallSite.

    Attributes:
        home: the address that a person would give to `sources add`.
        stories: addresses of all its articles that may be fetched.
        ways: what `sources add` should put into the file: key → addresses.
        says: what else should stand in the file's text.
    """

    name: str
    home: str
    stories: tuple[str, ...]
    ways: Mapping[str, tuple[str, ...]]
    says: tuple[str, ...] = ()


@dataclass
class Builder:
    """Builds one site on one host (and its subdomains)."""

    site: SmallSite
    name: str
    number: int
    language: str = "en"
    zone: timezone = timezone(timedelta(hours=1))
    prefix: str = ""
    placed: list[Placed] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"www.{self.name}.test"

    def url(self, path: str = "/", host: str | None = None) -> str:
        return self.site.url(host or self.host, path)

    def put(self, answers: Mapping[str, Answer], host: str | None = None) -> None:
        self.site.add(host or self.host, answers)

    def stories(self, address: Callable[[Story, str, datetime], str], hosts: Sequence[str] = ()) -> None:
        """Put all stories at the paths that `address` gives; with hosts, each section on its own."""
        for number in range(self.number):
            told = story(self.name, number, self.language)
            section = SECTIONS[number % len(SECTIONS)]
            published = (NOW - timedelta(hours=3 + 5 * number / self.number * 4)).astimezone(self.zone)
            host = hosts[number % len(SECTIONS)] if hosts else None
            path = self.prefix + address(told, section, published)
            self.placed.append(Placed(told, self.url(path, host), section, published))
        for one in self.placed:
            host = one.url.split("/")[2].partition(":")[0]
            self.put({"/" + one.url.split("/", 3)[3]: page(self.article(one))}, host)

    # ── pages ────────────────────────────────────────────────────────────────────────────────────

    def menu(self) -> str:
        links = "".join(
            f'<li><a href="{self.url(f"{self.prefix}/{name}/")}">{name.capitalize()}</a></li>'
            for name in SECTIONS
        )
        return f"<nav><ul><li><a href='{self.url(self.prefix + '/')}'>Home</a></li>{links}</ul></nav>"

    def foot(self) -> str:
        links = [f"<a href='{self.url(f'{self.prefix}/{name}')}'>{name}</a>" for name in _SERVICE]
        links += [f"<a href='{self.url(f'{self.prefix}/tag/{name}')}'>{name}</a>" for name in _TAGS]
        links += [f"<a href='{self.url(f'{self.prefix}/author/{name}')}'>{name}</a>" for name in _AUTHORS]
        return f"<footer>{' '.join(links)}</footer>"

    def frame(self, title: str, body: str, head: str = "", menu: str | None = None) -> str:
        return (
            f"<!doctype html><html lang='{self.language}'><head><meta charset='utf-8'>"
            f"<title>{escape(title)} | The {self.name.replace('-', ' ').title()} Post</title>{head}</head>"
            f"<body><header>{self.menu() if menu is None else menu}</header>{body}{self.foot()}</body></html>"
        )

    def article(self, one: Placed) -> str:
        paragraphs = "".join(f"<p>{escape(text)}</p>" for text in one.story.paragraphs)
        moment = one.published.isoformat(timespec="seconds")
        head = (
            f"<meta property='og:title' content='{escape(one.story.title)}'>"
            f"<meta property='article:published_time' content='{moment}'>"
        )
        body = (
            f"<main><article><h1>{escape(one.story.title)}</h1><p class='meta'>By "
            f"<a rel='author' href='{self.url(f'{self.prefix}/author/{_AUTHORS[0]}')}'>Jane Doe</a> "
            f"<time datetime='{moment}'>{one.published:%d %B %Y}</time></p>{paragraphs}</article></main>"
        )
        return self.frame(one.story.title, body, head)

    def teasers(self, placed: Sequence[Placed]) -> str:
        return "".join(
            f"<article><h2><a href='{one.url}'>{escape(one.story.title)}</a></h2>"
            f"<p>{escape(one.story.paragraphs[0][:120])} \u2026</p></article>"
            for one in placed
        )

    def fronts(self, head: str = "", *, home: bool = True, menu: str | None = None) -> None:
        """The home page, the sections, and the pages that are no stories."""
        title = "News of the day"
        if home:
            front = self.frame(
                title, f"<main>{self.teasers(self.placed[: max(4, self.number // 3)])}</main>", head, menu
            )
            self.put({f"{self.prefix}/": page(front)})
        for name in SECTIONS:
            own = [one for one in self.placed if one.section == name]
            self.put(
                {
                    f"{self.prefix}/{name}/": page(
                        self.frame(name, f"<main>{self.teasers(own)}</main>", head, menu)
                    )
                }
            )
        for path in self.others():
            self.put(
                {
                    path: page(
                        self.frame(path, f"<main><h1>{path}</h1><p>{'Words of no news. ' * 30}</p></main>")
                    )
                }
            )

    def others(self) -> list[str]:
        """Paths of the pages that are no stories, sections aside."""
        return [
            *(f"{self.prefix}/{name}" for name in _SERVICE),
            *(f"{self.prefix}/tag/{name}" for name in _TAGS),
            *(f"{self.prefix}/author/{name}" for name in _AUTHORS),
        ]

    # ── feeds and sitemaps ───────────────────────────────────────────────────────────────────────

    def rss(self, placed: Sequence[Placed] | None = None, *, full: bool = True) -> Page:
        items = "".join(
            f"<item><title>{escape(one.story.title)}</title><link>{one.url}</link>"
            f"<pubDate>{format_datetime(one.published)}</pubDate>"
            f"<description>{escape(self._text(one, full=full))}</description></item>"
            for one in (self.placed if placed is None else placed)
        )
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{self.name}</title>'
            f"<link>{self.url()}</link><language>{self.language}</language>{items}</channel></rss>"
        )
        return 200, {"Content-Type": "application/rss+xml"}, text.encode()

    def atom(self) -> Page:
        entries = "".join(
            f"<entry><title>{escape(one.story.title)}</title><id>{one.url}</id>"
            f'<link rel="alternate" href="{one.url}"/>'
            f"<updated>{one.published.isoformat(timespec='seconds')}</updated>"
            f"<summary>{escape(self._text(one, full=False))}</summary></entry>"
            for one in self.placed
        )
        text = (
            f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{self.language}">'
            f"<title>{self.name}</title><id>{self.url()}</id>"
            f"<updated>{NOW.isoformat()}</updated>{entries}</feed>"
        )
        return 200, {"Content-Type": "application/atom+xml"}, text.encode()

    def json_feed(self) -> Page:
        items = [
            {
                "id": one.url,
                "url": one.url,
                "title": one.story.title,
                "content_text": self._text(one, full=True),
                "date_published": one.published.isoformat(timespec="seconds"),
            }
            for one in self.placed
        ]
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.name,
            "language": self.language,
            "items": items,
        }
        return 200, {"Content-Type": "application/feed+json"}, json.dumps(feed).encode()

    def sitemap(self, urls: Sequence[str] = (), *, news: bool = False) -> bytes:
        """A sitemap of all stories, and of other addresses with the same dates."""
        rows = "".join(
            f"<url><loc>{one.url}</loc>{self._news(one) if news else self._lastmod(one)}</url>"
            for one in self.placed
        ) + "".join(f"<url><loc>{url}</loc><lastmod>2026-03-19</lastmod></url>" for url in urls)
        namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
        more = ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"' if news else ""
        return f'{XML}<urlset xmlns="{namespace}"{more}>{rows}</urlset>'.encode()

    def index(self, urls: Sequence[str]) -> Page:
        rows = "".join(f"<sitemap><loc>{url}</loc><lastmod>2026-03-19</lastmod></sitemap>" for url in urls)
        text = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'
        return xml(text.encode())

    def kind(
        self, ways: Mapping[str, Sequence[str]], *, home: str | None = None, says: Sequence[str] = ()
    ) -> Kind:
        urls = tuple(one.url for one in self.placed)
        named = {key: tuple(value) for key, value in ways.items()}
        return Kind(self.name, home or self.url(), urls, named, tuple(says))

    def _text(self, one: Placed, *, full: bool) -> str:
        return "\n".join(one.story.paragraphs) if full else one.story.paragraphs[0][:100]

    def _lastmod(self, one: Placed) -> str:
        return f"<lastmod>{one.published.isoformat(timespec='seconds')}</lastmod>"

    def _news(self, one: Placed) -> str:
        return (
            f"<news:news><news:publication><news:name>{self.name}</news:name>"
            f"<news:language>{self.language}</news:language></news:publication>"
            f"<news:publication_date>{one.published.isoformat(timespec='seconds')}</news:publication_date>"
            f"<news:title>{escape(one.story.title)}</news:title></news:news>"
        )


def xml(body: bytes, media_type: str = "application/xml") -> Page:
    return 200, {"Content-Type": media_type}, body


def feed_link(url: str, media_type: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{media_type}" href="{url}">'


def rss_only(site: SmallSite, number: int) -> Kind:
    made = Builder(site, "rss-only", number)
    made.stories(lambda told, _, at: f"/{at:%Y/%m/%d}/{told.slug}/")
    made.fronts(feed_link("/news.rss"))
    made.put({"/news.rss": made.rss()})
    return made.kind({"feeds": [made.url("/news.rss")]})


def atom_only(site: SmallSite, number: int) -> Kind:
    made = Builder(site, "atom-only", number)
    made.stories(lambda told, section, _: f"/{section}/{81000 + told.number}-{told.slug}.html")
    made.fronts()
    made.put({"/atom.xml": made.atom()})
    return made.kind({"feeds": [made.url("/atom.xml")]})


def json_feed(site: SmallSite, number: int) -> Kind:
    made = Builder(site, "json-feed", number)
    made.stories(lambda told, *_: f"/articles/{told.slug}")
    made.fronts(feed_link("/feed.json", "application/feed+json"))
    made.put({"/feed.json": made.json_feed()})
    return made.kind({"feeds": [made.url("/feed.json")]})


def news_sitemap(site: SmallSite, number: int) -> Kind:
    made = Builder(site, "news-sitemap", number)
    made.stories(lambda told, *_: f"/story/{UUID(int=(told.number + 1) << 64 | 0xBEEF)}")
    made.fronts()
    made.put(
        {
            "/robots.txt": robots(f"User-agent: *\nDisallow:\nSitemap: {made.url('/sitemaps/news.xml')}\n"),
            "/sitemaps/news.xml": xml(made.sitemap(news=True)),
        }
    )
    return made.kind({"sitemaps": [made.url("/sitemaps/news.xml")]})


def sitemap_index(site: SmallSite, number: int) -> Kind:
    """An index of gzipped sitemaps, one of which names pages that are no stories."""
    made = Builder(site, "sitemap-index", number)
    made.stories(lambda told, section, _: f"/{section}/{told.slug}-{4711000 + told.number}.html")
    made.fronts()
    subs = [made.url(f"/maps/{name}.xml.gz") for name in ("stories", "pages")]
    pages = [made.url(path) for path in (*made.others(), *(f"/{name}/" for name in SECTIONS))]
    empty = Builder(site, "sitemap-index", 0)
    made.put(
        {
            "/robots.txt": robots(f"User-agent: *\nDisallow:\nSitemap: {made.url('/sitemap_index.xml')}\n"),
            "/sitemap_index.xml": made.index(subs),
            "/maps/stories.xml.gz": xml(gzip.compress(made.sitemap(), mtime=0), "application/gzip"),
            "/maps/pages.xml.gz": xml(gzip.compress(empty.sitemap(pages), mtime=0), "application/gzip"),
        }
    )
    return made.kind({"sitemaps": [made.url("/sitemap_index.xml")]})


def no_feed(site: SmallSite, number: int) -> Kind:
    """Nothing but links on the sections' pages."""
    made = Builder(site, "no-feed", number)
    made.stories(lambda told, section, _: f"/{section}/{told.slug}")
    made.fronts()
    return made.kind({"sections": [made.url("/"), *(made.url(f"/{name}/") for name in SECTIONS)]})


def javascript_shell(site: SmallSite, number: int) -> Kind:
    """Front pages that scripts fill; the stories themselves are served whole, and a sitemap names them."""
    made = Builder(site, "shell", number)
    made.stories(lambda told, *_: f"/{told.slug}-a{25000 + told.number}")
    made.fronts(home=False)
    shell = "<!doctype html><html lang='en'><head><title>Shell Post</title></head><body><div id='app'></div>"
    shell += "<script src='/app.js'></script></body></html>"
    made.put({path: page(shell) for path in ("/", *(f"/{name}/" for name in SECTIONS))})
    made.put({"/sitemap.xml": xml(made.sitemap([made.url(path) for path in made.others()]))})
    return made.kind({"sitemaps": [made.url("/sitemap.xml")]}, says=("nothing without scripts",))


def two_languages(site: SmallSite, number: int) -> Kind:
    """A home page in each language, which name each other, and a feed for each."""
    parts = []
    links = "".join(f'<link rel="alternate" hreflang="{tag}" href="/{tag}/">' for tag in ("de", "en"))
    for language in ("de", "en"):
        made = Builder(site, "two-languages", (number + 1) // 2, language, prefix=f"/{language}")
        made.stories(lambda told, _, at: f"/{at:%Y-%m-%d}/{told.slug}")
        made.fronts(links + feed_link(f"/{language}/feed.xml"))
        made.put({f"/{language}/feed.xml": made.rss()})
        parts.append(made)
    parts[0].put({"/": redirect("/de/")})
    feeds = [made.url(f"/{made.language}/feed.xml") for made in parts]
    kind = parts[0].kind({"feeds": feeds}, home=parts[0].url())
    kind.stories = tuple(one.url for made in parts for one in made.placed)
    return kind


def subdomains(site: SmallSite, number: int) -> Kind:
    """A subdomain for each section, with a feed that only its own pages name."""
    made = Builder(site, "subdomains", number)
    hosts = [f"{name}.subdomains.test" for name in SECTIONS]
    made.stories(lambda told, _, at: f"/{at:%Y/%m}/{told.slug}.html", hosts)
    menu = "<nav>" + "".join(
        f"<a href='{site.url(host)}'>{name.capitalize()}</a>"
        for name, host in zip(SECTIONS, hosts, strict=True)
    )
    made.put(
        {"/": page(made.frame("News", f"<main>{made.teasers(made.placed[:3])}</main>", menu=menu + "</nav>"))}
    )
    for path in made.others():
        made.put(
            {path: page(made.frame(path, f"<main><h1>{path}</h1><p>{'Words of no news. ' * 30}</p></main>"))}
        )
    for name, host in zip(SECTIONS, hosts, strict=True):
        own = [one for one in made.placed if one.section == name]
        front = made.frame(name, f"<main>{made.teasers(own)}</main>", feed_link("/rss"), menu + "</nav>")
        made.put({"/": page(front), "/rss": made.rss(own)}, host)
    return made.kind({"feeds": [site.url(host, "/rss") for host in hosts]})


def excerpts(site: SmallSite, number: int) -> Kind:
    made = Builder(site, "excerpts", number)
    made.stories(lambda told, *_: f"/p/{told.slug}")
    made.fronts(feed_link("/feed/"))
    made.put({"/feed/": made.rss(full=False)})
    return made.kind({"feeds": [made.url("/feed/")]}, says=("excerpts only",))


def moved(site: SmallSite, number: int) -> Kind:
    """Every address of the old domain leads to the same on the new one."""
    made = Builder(site, "moved-here", number)
    made.stories(lambda told, section, at: f"/{section}/{at:%Y%m%d}/{told.slug}.html")
    made.fronts(feed_link("/feed.xml"))
    made.put({"/feed.xml": made.rss()})
    old = {"/": redirect(made.url(), 301), "/robots.txt": redirect(made.url("/robots.txt"), 301)}
    site.add("www.old-name.test", old)
    home = site.url("www.old-name.test")
    return made.kind({"feeds": [made.url("/feed.xml")]}, home=home, says=("has moved", made.url()))


def robots_delay(site: SmallSite, number: int) -> Kind:
    """robots.txt asks for time, and closes a folder that the feed names all the same."""
    made = Builder(site, "robots-delay", number)
    made.stories(
        lambda told, *_: f"/{'closed' if told.number % 6 == 5 else 'open'}/{told.slug}/{99000 + told.number}"
    )
    made.fronts(feed_link("/rss.xml"))
    rules = "User-agent: *\nCrawl-delay: 0.1\nDisallow: /closed/\n"
    made.put({"/robots.txt": robots(rules), "/rss.xml": made.rss()})
    kind = made.kind({"feeds": [made.url("/rss.xml")]})
    kind.stories = tuple(url for url in kind.stories if "/closed/" not in url)
    return kind


KINDS: tuple[Callable[[SmallSite, int], Kind], ...] = (
    rss_only,
    atom_only,
    json_feed,
    news_sitemap,
    sitemap_index,
    no_feed,
    javascript_shell,
    two_languages,
    subdomains,
    excerpts,
    moved,
    robots_delay,
)
HOSTS = (
    *(
        f"www.{name}.test"
        for name in (
            *("rss-only", "atom-only", "json-feed", "news-sitemap", "sitemap-index", "no-feed", "shell"),
            *("two-languages", "subdomains", "excerpts", "moved-here", "old-name", "robots-delay"),
        )
    ),
    *(f"{name}.subdomains.test" for name in SECTIONS),
)
