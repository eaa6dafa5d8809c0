"""Which stories and pictures are copies of which: rows of the catalog, re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterMemberRow:
    """The cluster that an article is in: one of its own until a copy of it is found.

    Shares are per mille. `kind` is exact, near or part, and with the shares it is about the closest article
    that this one was linked with (`linked_to`); all are None for an article without a link of its own.
    """

    table: ClassVar[str] = "cluster_member"
    article_id: str
    number: int  # versions up to this one were compared
    cluster: str  # id of the article in it that was captured first
    linked_to: str | None = None
    kind: str | None = None
    jaccard: int | None = None
    containment: int | None = None
    agency: str | None = None  # the news agency that the article credits
    at: datetime  # when it was compared


@dataclass(frozen=True, slots=True, kw_only=True)
class RecompareRow:
    """An article whose texts are read otherwise than when it was compared with others: to be compared again.

    `mark` is the digest of what its versions say from then on. Whoever links takes out the rows that it has
    read, and no other: one that came in meanwhile speaks of later readings.
    """

    table: ClassVar[str] = "recompare"
    article_id: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLinkRow:
    """The first use of a picture that is the same picture as another one, in other bytes.

    `kind` is same (another size, encoding, colours) or crop. `distance` is that of the perceptual hashes
    that led to it, in bits; `likeness` the correlation of what both show, per mille. A picture that is its
    own first use names itself, with neither.
    """

    table: ClassVar[str] = "picture_link"
    sha256: str
    first: str  # sha256 of the picture that was captured first
    kind: str | None = None
    distance: int | None = None
    likeness: int | None = None
    at: datetime
