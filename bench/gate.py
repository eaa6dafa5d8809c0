"""The gate before the archive calls something an article: what it stops, and what it stops wrongly.

`make bench-gate`: written pages by kind (recall, and how many are named rightly), written articles and the
corpus' real ones (false alarms). Exit status 1 if recall is below .95 or more than 3 of the 340 real articles
are stopped.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime

from archive.exchange import Exchange
from archive.outcome import Outcome, OutcomeKind
from bench.corpus import SPLITS, corpus_folder
from bench.extract_scores import read_gold
from bench.figures import note
from pipelines.extract import extract
from pipelines.judge import judge
from tests.pipelines.gate_pages import URL, GatePage, articles, fourth_hand, reworded, third_hand, walls

AT = datetime(2026, 3, 9, 2, tzinfo=UTC)
LEAST_RECALL = 0.95
MOST_ALARMS = 3


def gate(page: GatePage, *, with_headers: bool) -> Outcome | None:
    """What the gate says of a written page; None: an article."""
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8"]
    lines += page.headers if with_headers else ()
    body = page.body.encode()
    head = "\r\n".join([*lines, "", ""]).encode()
    return (
        judge(Exchange(URL, AT, b"", head, 200, body))
        or extract(
            body,
            url=URL,
            content_type="text/html; charset=utf-8",
            content_encoding=None,
            captured_at=AT,
        ).outcome
    )


def print_walls(pages: tuple[GatePage, ...]) -> float:
    """A line for each kind; returns the recall over all."""
    told: dict[str, list[tuple[GatePage, Outcome | None]]] = defaultdict(list)
    for page in pages:
        told[page.kind].append((page, gate(page, with_headers=False)))
    print(f"{'kind':18}{'pages':>6}{'stopped':>9}{'named':>7}  missed; called something else")
    stopped = 0
    for kind, rows in told.items():
        missed = [page.name.removeprefix(f"{kind}-") for page, outcome in rows if outcome is None]
        named = sum(outcome is not None and outcome.reason in page.reasons for page, outcome in rows)
        other = Counter(
            str(outcome.reason) for page, outcome in rows if outcome and outcome.reason not in page.reasons
        )
        stopped += len(rows) - len(missed)
        notes = " ".join([*missed, *(f"{reason}x{count}" for reason, count in other.items())])
        print(f"{kind:18}{len(rows):6}{len(rows) - len(missed):9}{named:7}  {notes}")
    recall = stopped / len(pages)
    print(f"{'all':18}{len(pages):6}{stopped:9}  recall {recall:.3f}")
    return recall


def print_articles() -> int:
    """The written articles that are stopped."""
    wrong = [(page, outcome) for page in articles() if (outcome := gate(page, with_headers=False))]
    print(f"\nwritten articles: {len(wrong)} of {len(articles())} stopped")
    for page, outcome in wrong:
        print(f"  {page.name} {outcome}")
    return len(wrong)


def print_corpus() -> int:
    """The real articles that are stopped."""
    folder = corpus_folder()
    pages = [page for split in SPLITS for page in read_gold(folder, split)]
    wrong = []
    for page in pages:
        outcome = page.extract().outcome
        if outcome is not None and outcome.kind is not OutcomeKind.FAILED:
            wrong.append((page.html, outcome))
    print(f"\nreal articles: {len(wrong)} of {len(pages)} stopped")
    for html, outcome in wrong:
        print(f"  {html} {outcome}")
    return len(wrong)


def main() -> int:
    """Print all three; `--written` leaves the corpus out."""
    print("pages as the tests write them")
    recall = print_walls(walls())
    print("\nnotices in other words")
    print_walls(reworded())
    print("\nnotices of a third hand")
    print_walls(third_hand())
    print("\nnotices of a fourth hand, which the gate was not mended after")
    print_walls(fourth_hand())
    print_articles()
    alarms = 0 if "--written" in sys.argv else print_corpus()
    note("gate/recall", recall)
    note("gate/real articles stopped", alarms)
    return int(recall < LEAST_RECALL or alarms > MOST_ALARMS)


if __name__ == "__main__":
    sys.exit(main())
