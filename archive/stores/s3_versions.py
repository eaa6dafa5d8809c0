"""The versions of an object in a bucket, and what keeps them from being erased: retention and legal holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive.stores.store import HELD

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object, or a delete marker. A bucket without versioning has one, named `null`."""

    id: str
    latest: bool
    marker: bool


def versions_of(s3: S3Client, bucket: str, key: str) -> Iterator[Version]:
    """Every version and delete marker of exactly this key; raises what the client raises."""
    pages = s3.get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket, Prefix=key):  # keys that begin alike come too
        for version in page.get("Versions", ()):
            if version["Key"] == key:
                yield Version(version["VersionId"], version["IsLatest"], marker=False)
        for marker in page.get("DeleteMarkers", ()):
            if marker["Key"] == key:
                yield Version(marker["VersionId"], marker["IsLatest"], marker=True)


def locked_until(s3: S3Client, bucket: str, key: str, versions: Iterable[Version]) -> datetime | None:
    """The last moment at which a lock on one of the versions ends; None if there is none, HELD for a hold.

    A HEAD tells both kinds of lock, and is answered by buckets that know no locks too. Governance mode
    counts as a lock: getting round it is a right that this program never uses.
    """
    ends: list[datetime] = []
    for version in versions:
        if version.marker:
            continue
        head = s3.head_object(Bucket=bucket, Key=key, VersionId=version.id)
        if head.get("ObjectLockLegalHoldStatus") == "ON":
            return HELD
        if "ObjectLockRetainUntilDate" in head:
            ends.append(head["ObjectLockRetainUntilDate"].astimezone(UTC))
    return max((end for end in ends if end > datetime.now(UTC)), default=None)


def erase(s3: S3Client, bucket: str, key: str, versions: Iterable[Version]) -> None:
    """Remove these versions for good, delete markers last: one removed early would bring a version back."""
    for version in sorted(versions, key=lambda version: version.marker):
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version.id)
