"""Questions of the catalog that may read or sort a whole table, each with its reason; what is no question."""

from __future__ import annotations

from typing import Any

from tests.contract.plan_questions import BY_INDEX

_ALL = "is asked for all there is"
_BATCH = "goes over the archive by itself, in pieces, and nobody waits for it"
_OPERATOR = "is asked by hand, and reads a journal besides"
WHOLE: dict[str, str] = {  # questions that may read a table to its end, and why
    "cdx_reads.captures_with": "looks for a part of an address, which no index has; its callers bound it",
    "cdx_reads.count_captures": _ALL,
    "clusters.not_compared": _BATCH,
    "dump.loading": _ALL,
    "dump.snapshot": _ALL,
    "erasures.entries_in_order": _OPERATOR,
    "erasures.every": _ALL,
    "erasures.purged_lines": _OPERATOR,
    "export_reads.count_versions": _ALL,
    "finds.counts": "has a row for each find of a watched search, and sums them",
    "finds.saved": "has a row for each search in the settings",
    "fingerprints.told": _BATCH,
    "index_reads.span": _BATCH,
    "index_reads.state": _BATCH,
    "integrity.altered_texts": _ALL,
    "integrity.dangling": _ALL,
    "integrity.lost_payloads": _ALL,
    "integrity.missing_texts": _ALL,
    "integrity.shorter_classes": _ALL,
    "journal_state.applied": _ALL,
    "journal_state.entered_twice": _ALL,
    "journal_state.heads": _ALL,
    "journal_state.keys": _ALL,
    "journal_state.purged_from": _ALL,
    "keep_reads.count_dropped": _ALL,
    "memories.every": _ALL,
    "memories.has": _OPERATOR,
    "picture_index.not_compared": _BATCH,
    "purge_reads.documents_noting": _OPERATOR,
    "rebuilding.erased_keys": _ALL,
    "rebuilding.without_body": _ALL,
    "reprocess_reads.articles": _BATCH,
    "reprocess_reads.count_articles": _BATCH,
    "reprocess_reads.count_refused": _BATCH,
    "reprocess_reads.refused": _BATCH,
    "revisits.hosts": "has a row for each host",
    "search_fill.months": "has a row for each month",
    "search_index.pending": "counts what waits to be indexed",
    "segments.any_like": "has a row for each segment, of thousands of captures",
    "segments.every": _ALL,
    "segments.newest_sealed": "has a row for each segment, of thousands of captures",
    "segments.totals": "has a row for each segment, of thousands of captures",
    "versions.every_version": _BATCH,
    "watch.alarms_since": "has a row for each alarm",
    "watch.watch_of": "names every source that has figures, when all are asked for",
}

SORTED: dict[str, str] = {  # questions with a limit that sort before they cut, and what bounds that
    "clusters.to_recompare": "a row for each article that is to be compared again",
    "keep_reads.dropped_at": "captures of one address in one second",
    "ledger_reads.meetings": "runs that met one address",
    "orders.newest_requests": "a row for each run that somebody asked for",
    "runs.newest_slot": "slots of one source",
    "versions.articles_naming": "a thousand versions that say one text, or name one address as their own",
}

# What these do is write, or is a way of asking; what they read stands in the questions above.
WRITING_OR_ASKING = {
    "fetch.*", "rebuilding.alone", "rebuilding.apply_unfinished", "rebuilding.begin", "rebuilding.end",
    "rebuilding.forget_words", "rebuilding.index", "rebuilding.make_index", "rebuilding.missing_indexes",
    "rebuilding.put", "rebuilding.put_bodies", "rebuilding.replay", "fingerprints.candidates",
    "fingerprints.drop_before", "fingerprints.empty", "fingerprints.forget", "fingerprints.mark_whole",
    "fingerprints.put", "fingerprints.unknown", "fingerprints.whole_periods", "integrity.keep_text",
    "leases.acquire", "leases.drop_run_out", "leases.release", "leases.renew", "leases.space",
    "parts.claim", "parts.divide",
    "parts.forget", "parts.forget_ended", "parts.found_first", "parts.hand",
    "parts.hand_back", "parts.leave",
    "parts.take_up", "picture_index.put", "previews.answer", "previews.ask", "previews.begin",
    "previews.fail", "previews.forget", "previews.result_of", "search_index.compact", "search_index.fill",
    "search_fill.enter", "search_fill.finish", "search_fill.words_of",
    "search_reads.find", "search_reads.matching",  # by the searches of the pages
}  # fmt: skip


def unlisted(found: dict[str, Any]) -> set[str]:
    """Functions that stand in no table."""
    listed = BY_INDEX.keys() | WHOLE.keys() | WRITING_OR_ASKING
    return {name for name in found if name not in listed and f"{name.partition('.')[0]}.*" not in listed}
