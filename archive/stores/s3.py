"""Objects in an S3 bucket: Amazon's, or any service that speaks its protocol and honours `If-None-Match`.

The only file that knows boto3. What it leans on: conditional writes (`If-None-Match: *`, S3 since 2024-08),
flexible checksums (`x-amz-checksum-sha256`), strong read-after-write consistency.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from archive.stores import s3_versions
from archive.stores.keys import MAX_KEY_BYTES, check_key, check_prefix, is_key
from archive.stores.probe import probe
from archive.stores.s3_errors import ABSENT, explain
from archive.stores.s3_upload import STALE, Upload, abort_uploads, lifecycle_aborts, send, uploads
from archive.stores.store import (
    ObjectCollision,
    ObjectCorrupted,
    ObjectInfo,
    ObjectLocked,
    ObjectNotFound,
    StoreUnreachable,
    Unfinished,
)
from archive.stores.stream import Body, ResumingStream

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectRequestTypeDef


# Not the end of a put: another writer was there first (412) or is there now (409), our own upload was
# completed by a request whose answer was lost (NoSuchUpload), or the wire changed the bytes (the rest).
_LOOK_WHAT_STANDS_THERE: Final = frozenset({"409", "412", "NoSuchUpload", "BadDigest", "IncompleteBody"})


class S3Store:
    """An `ObjectStore` over the keys below `prefix` in a bucket.

    Credentials come from the usual AWS chain (environment, profile, instance), or from `profile`. Each
    request is tried `attempts` times with exponential backoff and jitter by botocore ("standard" retry
    mode), each put as a whole as often again. botocore also repeats a PUT whose answer was lost and then
    reports 412 although our own object stands there, so every put ends by reading back what stands under
    the key, and the digest decides (`ObjectStore.put`).
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        endpoint: str | None = None,
        region: str | None = None,
        *,
        profile: str | None = None,
        attempts: int = 4,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        page_size: int = 1000,
    ) -> None:
        self._bucket, self._base = bucket, f"{prefix}/" if prefix else ""
        self._attempts, self._page_size = attempts, page_size
        self._where = f"{self.address} at {endpoint}" if endpoint else self.address
        config = Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=32,
            # boto3 1.36 began to add checksums that many S3-compatible services refuse (boto3 #4392); we
            # send and compare a sha256 of our own.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if endpoint else "auto"},
        )
        with self._guard("open the store"):
            session = Session(profile_name=profile)
            self._s3: S3Client = session.client(
                "s3",
                endpoint_url=endpoint,
                region_name=region or session.region_name or "us-east-1",
                config=config,
            )

    @property
    def address(self) -> str:
        """`s3://bucket/prefix`."""
        return f"s3://{self._bucket}/{self._base}".rstrip("/")

    def put(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:
        self._put(key, Upload(self._bucket, self._full(key), data, sha256, content_type, overwrite=False))

    def replace(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:
        self._refuse_locked(key)
        self._put(key, Upload(self._bucket, self._full(key), data, sha256, content_type, overwrite=True))
        with self._guard(f"erase the old versions of {key}"):
            full = self._full(key)
            old = [each for each in s3_versions.versions_of(self._s3, self._bucket, full) if not each.latest]
            s3_versions.erase(self._s3, self._bucket, full, old)

    def _put(self, key: str, upload: Upload) -> None:
        doing, code = f"{'replace' if upload.overwrite else 'put'} {key}", ""
        with self._guard(doing), upload.opened() as source:
            if (actual := file_digest(source, "sha256").hexdigest()) != upload.sha256:
                raise ObjectCorrupted(key, self.address, expected=upload.sha256, actual=actual)
        for attempt in range(1, self._attempts + 1):
            with self._guard(doing):
                code = self._send(upload)
            stored = self._stored_digest(key)
            if stored == upload.sha256:
                return
            if stored is not None and not (upload.overwrite and code):
                error = ObjectCollision if code else ObjectCorrupted
                raise error(key, self.address, expected=upload.sha256, actual=stored)
            _pause(attempt)
        raise StoreUnreachable(
            f"cannot {doing} in {self._where}: {code or 200} was answered {self._attempts} times, yet "
            f"{'other bytes stand' if upload.overwrite else 'no object stands'} there; try again later "
            "(and see that the key is not the folder of others)"
        )

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        if offset < 0 or (length is not None and length < 0):
            raise ValueError(f"offset {offset} and length {length} must not be negative")
        with self._stream(key, offset, length) as stream:
            content = bytearray(stream.left)
            with memoryview(content) as view:
                done = 0
                while count := stream.readinto(view[done:]):
                    done += count
        return bytes(content)

    def open(self, key: str) -> BinaryIO:
        return io.BufferedReader(self._stream(key, 0, None), 1 << 20)

    def stat(self, key: str) -> ObjectInfo | None:
        with self._guard(f"stat {key}"):
            size = self._size(self._full(key))
        if size is None:
            self._check_bucket()
            return None
        return ObjectInfo(key, size)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        return self._list(self._base + check_prefix(prefix))

    def delete(self, key: str) -> None:
        with self._guard(f"delete {key}"):
            self._s3.delete_object(Bucket=self._bucket, Key=self._full(key))

    def erase(self, key: str) -> None:
        self._refuse_locked(key)
        with self._guard(f"erase {key}"):
            full = self._full(key)
            every = list(s3_versions.versions_of(self._s3, self._bucket, full))
            s3_versions.erase(self._s3, self._bucket, full, every)

    def locked_until(self, key: str) -> datetime | None:
        with self._guard(f"look for locks on {key}"):
            full = self._full(key)
            every = list(s3_versions.versions_of(self._s3, self._bucket, full))
            return s3_versions.locked_until(self._s3, self._bucket, full, every)

    def _refuse_locked(self, key: str) -> None:
        if until := self.locked_until(key):
            raise ObjectLocked(key, self.address, until)

    def abort_unfinished(self, key: str | None = None) -> int:
        with self._guard("abort unfinished uploads"):
            if key is None:
                return abort_uploads(self._s3, self._bucket, self._base, older_than=STALE)
            return abort_uploads(self._s3, self._bucket, self._full(key), exactly=True)

    def unfinished(self) -> Unfinished:
        with self._guard("look for unfinished uploads"):
            count = sum(1 for _ in uploads(self._s3, self._bucket, self._base))
            expires: bool | None = None
            try:
                expires = lifecycle_aborts(self._s3, self._bucket, self._base)
            except ClientError as error:
                if "NoSuchLifecycleConfiguration" in _codes(error):
                    expires = False  # another code: not implemented there, or not for us to know
        return Unfinished(count, expires)

    def check(self) -> None:
        probe(self)
        self.abort_unfinished()

    def _full(self, key: str) -> str:
        full = self._base + check_key(key)
        if len(full.encode()) > MAX_KEY_BYTES:
            raise ValueError(
                f"object key {key!r} is too long below {self.address}: {MAX_KEY_BYTES} bytes in all"
            )
        return full

    def _send(self, upload: Upload) -> str:
        """Put once, with botocore's retries: "" if it was taken, else the code to look into."""
        if upload.in_parts and not upload.overwrite and self._size(upload.key) is not None:
            return "412"  # what completing the upload would answer, without sending it all first
        try:
            send(self._s3, upload, (ClientError, BotoCoreError))
        except ClientError as error:
            for code in _codes(error):
                if code in _LOOK_WHAT_STANDS_THERE:
                    return code
            raise
        return ""

    def _stored_digest(self, key: str) -> str | None:
        """The sha256 of what stands under `key`, read from the service; None if nothing does."""
        try:
            with self._stream(key, 0, None) as stream:
                return file_digest(stream, "sha256").hexdigest()
        except ObjectNotFound:
            return None

    def _stream(self, key: str, offset: int, length: int | None) -> ResumingStream:
        end = None if length is None else offset + length
        return ResumingStream(
            lambda position: self._fetch(key, position, end),
            offset,
            broken=(BotoCoreError, OSError),
            pause=_pause,
            name=f"reading {key} from {self._where}",
        )

    def _fetch(self, key: str, start: int, end: int | None) -> tuple[Body, int]:
        """The body from `start` to `end` (exclusive), and how long it is; empty beyond the object's end."""
        request: GetObjectRequestTypeDef = {"Bucket": self._bucket, "Key": self._full(key)}
        if start == end:  # a Range header cannot say "nothing"
            if self.stat(key) is None:
                raise ObjectNotFound(key, self.address)
            return io.BytesIO(), 0
        if start or end is not None:
            request["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        with self._guard(f"read {key}"):
            try:
                answer = self._s3.get_object(**request)
            except ClientError as error:
                if "416" in (codes := _codes(error)):
                    return io.BytesIO(), 0
                if "NoSuchKey" in codes:
                    raise ObjectNotFound(key, self.address) from None
                raise
        return answer["Body"], answer["ContentLength"]

    def _list(self, full_prefix: str) -> Iterator[ObjectInfo]:
        """All pages first, then sorted by key.

        SeaweedFS lists folder by folder (`a/b` before `a-b`), not in the byte order of keys that S3
        promises. A hundred thousand objects take about 20 MB here.
        """
        found: list[ObjectInfo] = []
        with self._guard(f"list {full_prefix}*"):
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(
                Bucket=self._bucket, Prefix=full_prefix, PaginationConfig={"PageSize": self._page_size}
            ):
                for entry in page.get("Contents", ()):
                    key = entry["Key"].removeprefix(self._base)
                    if is_key(key):  # not the `folder/` markers that consoles make
                        found.append(ObjectInfo(key, entry["Size"]))
        yield from sorted(found, key=lambda info: info.key)

    def _size(self, full: str) -> int | None:
        """Size of an object, None for an absent one (or an absent bucket)."""
        try:
            return self._s3.head_object(Bucket=self._bucket, Key=full)["ContentLength"]
        except ClientError as error:
            if ABSENT.intersection(_codes(error)):
                return None
            raise

    def _check_bucket(self) -> None:
        """A HEAD answers 404 for an absent key and for an absent bucket alike; tell them apart."""
        with self._guard("find the bucket"):
            try:
                self._s3.head_bucket(Bucket=self._bucket)
            except ClientError as error:
                codes = _codes(error)
                if ABSENT.intersection(codes):
                    raise StoreUnreachable(
                        explain(["NoSuchBucket"], doing="find the bucket", where=self._where)
                    ) from error
                if "403" not in codes:  # without the right to list, S3 answers 403 for an absent key itself
                    raise

    @contextmanager
    def _guard(self, doing: str) -> Iterator[None]:
        """Every error of the client or of a source file becomes StoreUnreachable with one clear line."""
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            raise StoreUnreachable(explain(_codes(error), doing=doing, where=self._where)) from error
        except OSError as error:
            raise StoreUnreachable(f"cannot {doing} in {self._where}: {error}") from error


def _codes(error: ClientError | BotoCoreError) -> list[str]:
    """What names an error, most exact first: the service's code and the HTTP status, or the class names."""
    if isinstance(error, ClientError):
        response = error.response
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
        return [str(response.get("Error", {}).get("Code", "")), str(status)]
    return [each.__name__ for each in type(error).__mro__ if issubclass(each, BotoCoreError)]


def _pause(attempt: int) -> None:
    """Exponential backoff with full jitter: up to 0.2, 0.4, 0.8, ... at most 8 seconds."""
    time.sleep(random.uniform(0, min(8.0, 0.1 * 2**attempt)))
