"""What makes a version: edits that must, and furniture, typesetting and recaptures that must not.

`make bench-versions`: recaptures of real news pages (`versions_newspaper2015`) whose text is the same, and
chains of real posts (`versions_18f`) in two templates of ours with changing furniture. Beside Dateline: a
hash of the raw HTML, and of the text that trafilatura takes, which is what most watchers compare. Exit
status 1 if more than 1 % of the equal pairs make a title or text event, fewer than 98 % of the visible
edits make one version with the right events, or a pair without an edit makes one.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import trafilatura

from archive.digest import sha256_hex
from archive.version import EventKind
from bench.corpus import corpus_folder
from bench.figures import note
from bench.posts import Post, posts, render
from pipelines.extract import extract
from pipelines.state import State, state_of
from pipelines.versions.compare import compare
from pipelines.versions.presence import page_words, wavering

MOST_SPURIOUS = 0.01
LEAST_RIGHT = 0.98
SAID = frozenset({EventKind.TITLE, EventKind.TEXT})
EDITED_AFTER = 24.0  # hours; what is edited sooner is drafting
_TYPE = "text/html; charset=utf-8"
AT = datetime(2026, 3, 9, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """One capture: as Dateline reads it (None: no article), and as the two peers do."""

    state: State | None
    raw: str
    text: str
    words: str

    def kinds(self, later: Look) -> frozenset[EventKind] | None:
        """The events that lead to a later look; None where one of them is no article."""
        if self.state is None or later.state is None:
            return None
        change = compare(self.state, later.state)
        if any(event.kind is EventKind.TEXT for event in change.events):
            noise = wavering(self.state, later.state, self.words, later.words)
            change = compare(self.state, later.state, noise)
        return frozenset(event.kind for event in change.events)


def look(body: bytes, url: str, at: datetime) -> Look:
    """Read one capture."""
    article = extract(body, url=url, content_type=_TYPE, content_encoding=None, captured_at=at).article
    if article is not None:  # every address is another picture, archived
        images = tuple(replace(i, sha256=sha256_hex(i.url.encode())) for i in article.images)
        article = replace(article, images=images)
    text = trafilatura.extract(body.decode("utf-8", "replace"), include_comments=False, fast=True) or ""
    words = page_words(body, url=url, content_type=_TYPE, content_encoding=None)
    return Look(state_of(article) if article else None, sha256_hex(body), text, words)


def recaptures(folder: Path) -> Iterator[tuple[str, list[Look]]]:
    """The captures of each news page, in order; those that are no article (notes of an error) left out."""
    home = folder / "versions_newspaper2015"
    for page in json.loads((home / "manifest.json").read_text(encoding="utf-8")):
        looks = []
        for capture in page["captures"]:
            body = gzip.decompress((home / capture["file"]).read_bytes())
            at = datetime.fromisoformat(capture["committed"])
            looks.append(look(body, f"http://{page['name']}", at))
        yield page["name"], [one for one in looks if one.state is not None]


def measure_recaptures(folder: Path) -> bool:
    """Pairs that say the same to a reader: by trafilatura's text, or where it differs only in typesetting."""
    pairs = equal = raw = peer = 0
    spurious: list[str] = []
    events: Counter[str] = Counter()
    for name, looks in recaptures(folder):
        for before, after in pairwise(looks):
            pairs += 1
            kinds = before.kinds(after) or frozenset()
            events.update(map(str, kinds))
            if before.text == after.text:
                equal += 1
                raw += before.raw != after.raw
                if kinds & SAID:
                    spurious.append(f"{name}: {', '.join(sorted(kinds))}")
            elif kinds & SAID:
                peer += 1
    share = len(spurious) / max(equal, 1)
    note("versions/events of equal recaptures", len(spurious))
    print(f"recaptures: {pairs} pairs of articles, {equal} with the same text; in these")
    print(
        f"  Dateline        {len(spurious):4} title or text events ({share:.2%}; at most {MOST_SPURIOUS:.0%})"
    )
    print(f"  raw HTML hash   {raw:4} ({raw / max(equal, 1):.0%})")
    print(f"  trafilatura        0 by definition; in the {pairs - equal} others Dateline has {peer} events")
    print(f"  all events: {', '.join(f'{kind} {n}' for kind, n in sorted(events.items()))}")
    for line in spurious:
        print(f"  ! {line}")
    return share <= MOST_SPURIOUS


@dataclass(slots=True)
class Tally:
    """Edits and pairs without one, and what was made of them."""

    edits: int = 0
    right: int = 0
    raw: int = 0
    text: int = 0
    quiet: int = 0
    false: int = 0
    raw_false: int = 0
    text_false: int = 0


def measure_chains(folder: Path) -> bool:
    """Every post through both templates; the furniture is another at each look."""
    tally, wrong = Tally(), []
    for post in posts(folder):
        for template in ("broadsheet", "wire"):
            wrong += chain(post, template, tally)
    share = tally.right / max(tally.edits, 1)
    note("versions/edits right", share, beside="raw HTML hash", theirs=tally.raw / max(tally.edits, 1))
    note("versions/versions without an edit", tally.false, beside="raw HTML hash", theirs=tally.raw_false)
    print(f"chains: {tally.edits} visible edits, {tally.quiet} looks without one (two templates)")
    print(f"  Dateline        {tally.right:5} edits right ({share:.2%}; at least {LEAST_RIGHT:.0%})", end="")
    print(f", {tally.false} versions without an edit")
    print(f"  raw HTML hash   {tally.raw:5} edits, {tally.raw_false} without an edit")
    print(f"  trafilatura     {tally.text:5} edits, {tally.text_false} without an edit")
    for line in wrong[:40]:
        print(f"  ! {line}")
    return share >= LEAST_RIGHT and tally.false == 0


def chain(post: Post, template: str, tally: Tally) -> list[str]:
    """One post's versions, each looked at twice."""
    wrong = []
    before: Look | None = None
    for number, version in enumerate(post.versions):
        at = AT + timedelta(days=2 * number)
        looks = [
            look(render(version, template, furniture=100 * number + n), post.url, at + timedelta(days=n))
            for n in range(2)
        ]
        if before is not None:
            wrong += judge(before, looks[0], tally, f"{post.url} {template} {number}", expected(post, number))
        wrong += judge(looks[0], looks[1], tally, f"{post.url} {template} {number} again", frozenset())
        before = looks[1]
    return wrong


def expected(post: Post, number: int) -> frozenset[EventKind] | None:
    """The events of an edit; empty where readers see none; None where the corpus does not count it."""
    before, after = post.versions[number - 1], post.versions[number]
    visible, gap = post.edits[number - 1]
    kinds = before.changes(after)
    if before.named != after.named:
        return None  # whether "by Kate" above the text is its byline or its first words, readers may differ
    if kinds and not kinds & SAID:
        return None  # what is a picture of the article, and whom it names, is for other benchmarks
    if not kinds:
        return kinds
    return kinds if visible and gap >= EDITED_AFTER else None


def judge(
    before: Look, after: Look, tally: Tally, name: str, wanted: frozenset[EventKind] | None
) -> list[str]:
    """Count one pair of looks."""
    if wanted is None:
        return []
    kinds = before.kinds(after)
    raw, text = before.raw != after.raw, before.text != after.text
    if wanted:
        tally.edits += 1
        tally.raw, tally.text = tally.raw + raw, tally.text + text
        right = kinds is not None and kinds & SAID == wanted & SAID and bool(kinds & wanted)
        tally.right += right
    else:
        tally.quiet += 1
        tally.raw_false, tally.text_false = tally.raw_false + raw, tally.text_false + text
        right = not (kinds or frozenset()) & SAID
        tally.false += not right
    found = "no article" if kinds is None else ", ".join(sorted(kinds)) or "nothing"
    return [] if right else [f"{name}: {found} in place of {', '.join(sorted(wanted)) or 'nothing'}"]


def main() -> int:
    """Print both measures; 0 if they are as promised."""
    try:
        folder = corpus_folder()
    except FileNotFoundError as error:
        print(error)
        return 2
    started = time.process_time()
    good = [measure_recaptures(folder), measure_chains(folder)]
    print(f"{time.process_time() - started:.0f} s of CPU")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
