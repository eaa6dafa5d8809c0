"""The archive's words as people read them: kinds of events, outcomes and their reasons."""

from __future__ import annotations

from types import MappingProxyType

EVENTS = MappingProxyType(
    {
        "title": "headline",
        "text": "text",
        "byline": "byline",
        "date": "date",
        "image": "pictures",
        "caption": "captions",
        "correction": "correction",
        "moved": "address",
        "paywalled": "paywall",
        "removed": "removed",
        "restored": "restored",
    }
)
OUTCOMES = MappingProxyType(
    {
        "archived": "a new version was made",
        "unchanged": "fetched; the article says what it said",
        "not_modified": "the server answered that nothing changed (304)",
        "skipped": "not fetched",
        "failed": "fetching or reading broke",
        "quarantined": "its bytes are kept, but it is no article",
        "gone": "nothing was there any more",
        "waiting": "its turn has not come yet",
    }
)
REASONS = MappingProxyType(
    {
        "not_due": "its next look had not come",
        "robots": "robots.txt forbids it",
        "trap": "it looks like an endless calendar or session",
        "denied": "the source's patterns leave it out",
        "duplicate": "it leads to an address that was fetched already",
        "taken_down": "it was taken down",
        "noarchive": "the page asks not to be archived",
        "consent_wall": "a consent notice stood in front of it",
        "challenge": "a check for robots stood in front of it",
        "soft_404": "a page that says “not found” with status 200",
        "paywall": "only the beginning can be read without paying",
        "truncated": "it broke off in the middle",
        "not_an_article": "it reads like a list, not like an article",
        "no_text": "no article's text was found in it",
        "dns": "its host's name could not be resolved",
        "timeout": "the server did not answer in time",
        "tls": "the secure connection failed",
        "connection": "the connection broke",
        "too_large": "it is larger than what is fetched",
        "needs_javascript": "the page is empty without JavaScript",
        "login_wall": "only who has signed in may read it",
        "paywall_stub": "only the beginning can be read without paying",
        "geo_block": "the site does not show it to this country",
        "age_gate": "a question about the reader's age stood in front of it",
        "rate_limit": "the site asked to be left alone for a while",
        "error_page": "a page that says that something went wrong, with status 200",
        "front_page": "it led to the front page",
        "parked_domain": "the domain is for sale",
        "too_little_text": "there is too little text for an article",
        "empty": "nothing was in it",
        "not_html": "it is no web page",
        "robots_unreachable": "robots.txt could not be had",
        "redirect_loop": "its redirects go round in circles",
        "redirect_limit": "it was redirected too often",
        "headers_too_large": "its headers are larger than what is taken",
        "blocked_private": "it leads to an address that is not public",
        "blocked_scheme": "it leads to something else than the web",
        "blocked_url": "its address is none that is asked for",
        "host_busy": "another process was fetching from this host",
        "host_silent": "its host had stopped answering",
        "over_cap": "the run had taken up enough addresses of this source",
        "over_budget": "the looks at known pages were used up",
        "older_than_newest": "it is older than what is known already",
        "ladder_ended": "it was looked at often enough",
        "unavailable_after": "the page said until when it may be kept",
        "tdm_reserved": "text and data mining is reserved",
        "paused": "the source was paused",
        "source_removed": "its source is watched no more",
        "interrupted": "its run was interrupted, and nobody went on with it",
        "extract_error": "reading it broke; its bytes are kept",
        "internal_error": "our own fault; the log says more",
        "archive_damaged": "what was archived of it could not be read",
    }
)
_PREFIXES = (("http_", "the server answered with status {}"),)
FOUND_BY = MappingProxyType(
    {
        "feed": "a feed",
        "sitemap": "a sitemap",
        "section": "a section page",
        "revisit": "a look that was due",
        "manual": "named by hand",
    }
)

STEPS = MappingProxyType(
    {
        "fetch": "fetching",
        "record": "recording",
        "read": "reading an article",
        "seal": "closing segments",
        "put": "putting a segment",
        "journal": "putting a journal entry",
        "apply": "changing the catalog",
        "index": "making it searchable",
    }
)


def step_text(name: str) -> str:
    """A step of a run in words."""
    return STEPS.get(name, name)


def reason_text(reason: str | None) -> str:
    """A reason in words; as it stands where there are none for it."""
    if not reason:
        return ""
    if reason in REASONS:
        return REASONS[reason]
    for prefix, said in _PREFIXES:
        if reason.startswith(prefix):
            return said.format(reason.removeprefix(prefix))
    return reason.replace("_", " ")


def event_text(kind: str) -> str:
    """A kind of event in a word."""
    return EVENTS.get(kind, kind)


def outcome_text(outcome: str | None) -> str:
    """What an outcome means."""
    return OUTCOMES.get(outcome or "waiting", outcome or "")
