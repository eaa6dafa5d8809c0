"""The tables, one per row type of `archive.rows`, and their indexes: one for each question asked.

`journal_entry` remembers which journal entries are in, with their digests; `text_body` keeps the compressed
texts that lie in `derived/`. Two are not the replay of the journal: `lease` holds live leases, `rebuilding`
says that a rebuild is not done.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from archive.catalog.columns import KEY, SHA256, Moment, Names

__all__ = ["KEY", "SHA256", "Moment", "Names", "metadata"]

metadata = sa.MetaData()


def _text(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, Moment, nullable=null)


def _int(name: str, *, key: bool = False, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _key(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, KEY, primary_key=key, nullable=null)


run = sa.Table(
    "run",
    metadata,
    _text("id", key=True),
    _text("kind"),
    sa.Column("sources", Names, nullable=False),
    _moment("started_at"),
    _text("night", null=True),
    _moment("finished_at", null=True),
    _text("status"),
    _text("since", null=True),
)
slot = sa.Table(
    "slot",
    metadata,
    _text("source", key=True),
    _text("slot", key=True),
    _moment("due_at"),
    _text("night"),
    _text("status"),
    _text("run_id", null=True),
)
document = sa.Table(
    "document",
    metadata,
    _text("run_id", key=True),
    _key("url_key", key=True),
    _text("url"),
    _text("source"),
    _text("kind"),
    _text("status"),
    _text("reason", null=True),
    _int("found"),
    _int("fresh"),
    sa.Column("notes", Names, nullable=False),
    _moment("at"),
)
ledger = sa.Table(
    "ledger",
    metadata,
    _text("run_id", key=True),
    _key("url_key", key=True),
    _text("url"),
    _text("source"),
    _text("found_by"),
    _text("found_in"),
    _int("position"),
    _text("outcome", null=True),
    _text("reason", null=True),
    _key("capture_id", null=True),
    _moment("at", null=True),
    sa.Column("also_by", Names, nullable=False),
    postgresql_partition_by="RANGE (run_id)",  # a month of runs each: `months`
)
page = sa.Table(
    "page",
    metadata,
    _key("url_key", key=True),
    _text("url"),
    _text("source"),
    _text("found_by"),
    _text("found_in"),
    _moment("found_at"),
    _key("article_id", null=True),
    _moment("first_captured_at", null=True),
    _moment("last_fetched_at", null=True),
    _moment("last_changed_at", null=True),
    _moment("next_look_at", null=True),
    _moment("last_seen_at", null=True),
    _int("misses"),
    _moment("first_missing_at", null=True),
    sa.Column("removed", sa.Boolean, nullable=False),
    _text("etag", null=True),
    _text("last_modified", null=True),
    _key("capture_id", null=True),
    _int("changes"),
)
segment = sa.Table(
    "segment",
    metadata,
    _text("key", key=True),
    _text("kind"),
    sa.Column("sha256", SHA256, nullable=False),
    _int("size"),
    _int("records"),
    _moment("sealed_at"),
    _int("keep_days", null=True),
)
capture = sa.Table(
    "capture",
    metadata,
    _key("id", key=True),
    _key("url_key"),
    _text("url"),
    _moment("at"),
    _text("source"),
    _text("run_id"),
    _text("kind"),
    _int("status"),
    _text("mime"),
    sa.Column("payload_sha256", SHA256, nullable=False),
    _text("payload_sha1"),
    _int("payload_size"),
    _text("truncated", null=True),
    _text("segment"),
    _int("offset"),
    _int("length"),
    _text("payload_segment"),
    _int("payload_offset"),
    _int("payload_length"),
    _text("refers_to_url", null=True),
    _moment("refers_to_at", null=True),
)
article = sa.Table(
    "article",
    metadata,
    _key("id", key=True),
    _text("source"),
    _text("url"),
    _moment("first_captured_at"),
    _int("versions"),
    sa.Column("removed", sa.Boolean, nullable=False),
)
address = sa.Table(
    "address",
    metadata,
    _key("url_key", key=True),
    _text("url"),
    _key("article_id"),
    _moment("since"),
)
version = sa.Table(
    "version",
    metadata,
    _key("article_id", key=True),
    _int("number", key=True),
    _text("source"),
    _text("url"),
    _moment("captured_at"),
    _text("run_id"),
    _key("capture_id"),
    _text("extractor", null=True),
    _text("title", null=True),
    sa.Column("byline", Names, nullable=False),
    _moment("published_at", null=True),
    _text("published_raw", null=True),
    _moment("modified_at", null=True),
    _text("language", null=True),
    _text("canonical_url", null=True),
    _text("site_name", null=True),
    _text("description", null=True),
    sa.Column("text_sha256", SHA256, nullable=True),
    sa.Column("removed", sa.Boolean, nullable=False),
    _moment("last_seen_at", null=True),
    _moment("first_missing_at", null=True),
    _text("missing_how", null=True),
    sa.Column("agency", Names, nullable=False),
    _text("published_confidence", null=True),
    _text("standfirst", null=True),
    _text("section", null=True),
    sa.Column("tags", Names, nullable=False),
    sa.Column("paywalled", sa.Boolean, nullable=True),
    sa.Column("notes", Names, nullable=False),
    _text("variant", null=True),
    _text("amp_url", null=True),
    _text("charset", null=True),
    sa.Column("parts", Names, nullable=False),
    _text("edit", null=True),
    _int("words_added"),
    _int("words_removed"),
    _int("sentences_moved"),
    sa.Column("silent", sa.Boolean, nullable=False),
    _int("returns_to", null=True),
    sa.Column("walled", sa.Boolean, nullable=False),
    sa.Column("asides", Names, nullable=False),
)
event = sa.Table(
    "event",
    metadata,
    _key("article_id", key=True),
    _int("number", key=True),
    _int("position", key=True),
    _text("kind"),
    _text("before", null=True),
    _text("after", null=True),
)
picture = sa.Table(
    "picture",
    metadata,
    _key("article_id", key=True),
    _int("number", key=True),
    _int("position", key=True),
    _text("url"),
    _text("caption", null=True),
    _text("credit", null=True),
    _text("alt", null=True),
    sa.Column("sha256", SHA256, nullable=True),
    _text("embedded_caption", null=True),
    _text("embedded_credit", null=True),
)
image = sa.Table(
    "image",
    metadata,
    sa.Column("sha256", SHA256, primary_key=True),
    _text("phash", null=True),
    _text("mime"),
    _int("width"),
    _int("height"),
    _int("size"),
    _text("first_url"),
    _moment("first_at"),
    _key("capture_id"),
    _text("look", null=True),
)
text = sa.Table(
    "text",
    metadata,
    sa.Column("sha256", SHA256, primary_key=True),
    _int("characters"),
    _text("segment"),
    _int("offset"),
    _int("length"),
)
takedown = sa.Table(
    "takedown",
    metadata,
    _key("url_key", key=True),
    _text("url"),
    _text("subject"),
    _text("reason"),
    _moment("at"),
    _moment("purged_at", null=True),
)
erasure = sa.Table(
    "erasure",
    metadata,
    _text("key", key=True),
    _text("why"),
    _moment("at"),
    _moment("done_at", null=True),
)
purged = sa.Table(
    "purged",
    metadata,
    sa.Column("digest", SHA256, primary_key=True),
    _text("entry"),
    _moment("at"),
)

text_body = sa.Table(
    "text_body",
    metadata,
    sa.Column("sha256", SHA256, primary_key=True),
    sa.Column("zstd", sa.LargeBinary, nullable=False),
)
journal_entry = sa.Table(
    "journal_entry",
    metadata,
    _text("writer", key=True),
    _int("number", key=True),
    _moment("at"),
    _text("key"),
    sa.Column("digest", SHA256, nullable=True),  # unknown of entries that came in before it was kept
)
rebuilding = sa.Table(  # a row while a rebuild is not done: of which store, since when
    "rebuilding",
    metadata,
    _text("store", key=True),
    _moment("started_at"),
)
lease = sa.Table(
    "lease",
    metadata,
    _text("name", key=True),
    _text("holder"),
    _moment("expires_at"),
    # Of a host, in milliseconds: for so long it is left alone by whoever comes next.
    sa.Column("spacing", sa.BigInteger, nullable=False, server_default="0"),
)

# Each index answers one question.
_waiting = ledger.c.outcome.is_(None)
sa.Index(  # what does this run still have to fetch?
    "ledger_pending",
    ledger.c.run_id,
    ledger.c.source,
    ledger.c.position,
    sqlite_where=_waiting,
    postgresql_where=_waiting,
)
sa.Index("ledger_by_place", ledger.c.run_id, ledger.c.position)  # the next page of a run's ledger?
sa.Index("run_by_night", run.c.night, run.c.started_at)  # which runs had this night? which night is next?
sa.Index("run_by_start", run.c.started_at, run.c.id)  # which runs are the newest?
sa.Index("ledger_by_url", ledger.c.url_key, ledger.c.at)  # what became of this address?
sa.Index("page_due", page.c.source, page.c.next_look_at)  # which known pages are due again?
sa.Index("capture_by_url", capture.c.url_key, capture.c.at, capture.c.id)  # closest capture in time
sa.Index("capture_by_source", capture.c.source, capture.c.at)  # what has this source used?
sa.Index("capture_by_segment", capture.c.segment, capture.c.offset)  # verify
sa.Index("version_by_text", version.c.text_sha256, version.c.captured_at)  # exact copies
sa.Index("version_by_time", version.c.captured_at, version.c.source)  # export
sa.Index("version_by_source", version.c.source, version.c.captured_at)  # what else does a source write?
sa.Index("journal_by_time", journal_entry.c.at)  # which entry is the newest? which came after another?
sa.Index("address_by_article", address.c.article_id)  # an article's URL history
sa.Index("slot_by_run", slot.c.run_id)
_open = erasure.c.done_at.is_(None)
sa.Index(
    "erasure_pending", erasure.c.key, sqlite_where=_open, postgresql_where=_open
)  # what is to be erased?
sa.Index(
    "capture_by_payload_place", capture.c.payload_segment, capture.c.payload_offset
)  # what stands on it?
sa.Index("image_by_capture", image.c.capture_id)  # which pictures go with this capture?
sa.Index("picture_by_content", picture.c.sha256)  # who shows this picture?
sa.Index("version_by_capture", version.c.capture_id)  # which versions go with this capture?
