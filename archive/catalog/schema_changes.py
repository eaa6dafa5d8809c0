"""The tables of noise and of front pages; on the same metadata as `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY, Moment
from archive.catalog.schema import metadata, version

flap = sa.Table(
    "flap",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("key", KEY, primary_key=True),
    sa.Column("article_id", KEY, primary_key=True),
    sa.Column("changes", sa.BigInteger, nullable=False),
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
)
front = sa.Table(
    "front",
    metadata,
    sa.Column("capture_id", KEY, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("url_key", KEY, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("link_key", KEY, nullable=False),
    sa.Column("picture", sa.Text, nullable=True),
)
sa.Index("flap_by_article", flap.c.article_id)  # what goes with an article that is purged?
sa.Index("front_by_page", front.c.url_key, front.c.at)  # what did this page show then?
sa.Index("front_by_link", front.c.link_key, front.c.at)  # under which headlines did a story run?
_led = front.c.position == 0
for _name, _columns in (
    ("front_leads", (front.c.url_key, front.c.at)),  # what led this page, and when was it seen anew?
    ("front_leads_by_source", (front.c.source, front.c.url, front.c.at)),  # of which pages are there lists?
):
    sa.Index(_name, *_columns, sqlite_where=_led, postgresql_where=_led)
sa.Index("version_by_canonical", version.c.canonical_url)  # which article names this address as its own?
