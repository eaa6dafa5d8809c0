"""Finds the journal lines that tell something of purged addresses.

The journal has rows that the catalog has no more: superseded by later ones, or taken out by an expiry. So
what a line tells is decided by the line alone: by addresses and articles first, then by the texts, pictures
and captures that lines of these name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.catalog import schema
from archive.digest import url_key
from archive.journal import entries
from archive.journal_lines import line_digest, purged_digest, split_lines
from archive.stores.store import ObjectStore

_HEX = re.compile(rb"[0-9a-f]{32,64}")  # keys of addresses and articles, ids of captures, digests
_OF_AN_ARTICLE = frozenset({"version", "event", "picture", "reading", "find", "flap", "recompare"})

Values = dict[str, Any]
RowKey = tuple[str, tuple[Any, ...]]  # table and primary key


@dataclass(slots=True)
class Telling:
    """What a line must not tell of.

    Attributes:
        urls: addresses that are purged.
        articles: ids of their articles.
        captures, texts, images: ids and digests of what only they have.
        others: captures of other addresses that have the bytes of such a picture, too.
    """

    urls: frozenset[str]
    articles: set[str] = field(default_factory=set)
    captures: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    images: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    _keys: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._keys = {url_key(url) for url in self.urls}

    def learn(self, table: str, row: Values) -> None:
        """Note what a line says that belongs to these addresses, or to articles that are known by then."""
        if table == "address" and row["url_key"] in self._keys:
            self.articles.add(row["article_id"])
        elif table in {"capture", "dropped"} and row["url_key"] in self._keys:
            self.captures.add(row["id"])
        elif table == "version" and row["article_id"] in self.articles and row["text_sha256"]:
            self.texts.add(row["text_sha256"])
        elif (table == "picture" and row["article_id"] in self.articles and row["sha256"]) or (
            table == "image" and row["first_url"] in self.urls
        ):
            self.images.add(row["sha256"])

    def told(self, table: str, row: Values) -> bool:
        """Whether a line tells of what is purged."""
        match table:
            case "capture":
                of_picture = row["payload_sha256"] in self.images and row["id"] not in self.others
                found = row["id"] in self.captures or row["refers_to_url"] in self.urls or of_picture
            case "article":
                found = row["id"] in self.articles
            case "address":
                found = row["url_key"] in self._keys or row["article_id"] in self.articles
            case "image":
                found = row["sha256"] in self.images or row["first_url"] in self.urls
            case "text":
                found = row["sha256"] in self.texts
            case "removed":
                found = (row["of"] == "text" and row["key"][0] in self.texts) or (
                    row["of"] == "image" and row["key"][0] in self.images
                )
            case "page" | "ledger":
                found = row["url_key"] in self._keys or row["found_in"] in self.urls
            case "document":
                notes = " ".join(row["notes"])
                found = row["url_key"] in self._keys or any(url in notes for url in self.urls)
            case _:
                found = table in _OF_AN_ARTICLE and row["article_id"] in self.articles
        return found or self._shows(table, row)

    def _shows(self, table: str, row: Values) -> bool:
        """Whether a line of another article or page names a picture or an article that is purged."""
        match table:
            case "feed":
                return row["url_key"] in self._keys
            case "cluster_member":
                return not self.articles.isdisjoint((row["article_id"], row["cluster"], row["linked_to"]))
            case "rendered":
                return row["capture_id"] in self.captures
            case "dropped":
                return row["url_key"] in self._keys or row["instead"] in self.captures
            case "front":
                return row["capture_id"] in self.captures or row["link_key"] in self._keys
            case _:
                return self._shows_picture(table, row)

    def _shows_picture(self, table: str, row: Values) -> bool:
        if table == "reading":
            return any(digest in row["state"] for digest in self.images)
        if table == "picture_link":
            return not self.images.isdisjoint((row["sha256"], row["first"]))
        return bool(table == "picture" and row["sha256"] in self.images)

    def mentions(self, line: bytes) -> bool:
        """Whether a line may tell of it: quickly, before it is parsed."""
        known = (self._keys, self.articles, self.captures, self.texts, self.images)
        tokens = (token.decode() for token in _HEX.findall(line))
        return any(token in each for token in tokens for each in known) or any(
            url.encode("utf-8", "surrogatepass") in line for url in self.urls
        )


@dataclass(frozen=True, slots=True)
class ToldLines:
    """Lines to be purged: their digests by entry (object key), and the rows that they are about."""

    lines: dict[str, frozenset[str]]
    rows: frozenset[RowKey]


def learn_from_journal(store: ObjectStore, telling: Telling) -> None:
    """Complete what belongs to the addresses by what the journal says of them."""
    known = -1
    while known < len(telling.articles):  # again only if a line named an article that was not known before
        known = len(telling.articles)
        for _, _, table, row in _lines(store, telling):
            telling.learn(table, row)


def told_lines(store: ObjectStore, telling: Telling) -> ToldLines:
    """Every line of the journal that tells of what is purged. Raises what reading the store raises."""
    lines: dict[str, set[str]] = {}
    rows: set[RowKey] = set()
    for key, line, table, row in _lines(store, telling):
        if telling.told(table, row):
            lines.setdefault(key, set()).add(line_digest(line))
            if table != "removed":
                rows.add(row_key(table, row))
    return ToldLines({key: frozenset(digests) for key, digests in lines.items()}, frozenset(rows))


def row_key(table: str, row: Values) -> RowKey:
    """The table and primary key of a row."""
    return table, tuple(row[column.name] for column in schema.metadata.tables[table].primary_key)


def _lines(store: ObjectStore, telling: Telling) -> Iterator[tuple[str, bytes, str, Values]]:
    """(object key, line, table, row) for the lines that may tell of it."""
    for key in entries(store):
        for line in _rows_of(store.read(key)):
            if telling.mentions(line):
                row = json.loads(line)
                yield key, line, str(row.pop("table")), row


def _rows_of(data: bytes) -> Iterable[bytes]:
    return (line for line in split_lines(data)[1:] if purged_digest(line) is None)
