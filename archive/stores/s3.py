"""Objects in an S3 bucket: Amazon's, or any service that speaks its protocol and honours `If-None-Match`.

The only file that knows boto3. What it leans on: conditional writes (`If-None-Match: *`, S3 since 2024-08),
flexible checksums (`x-amz-checksum-sha256`), strong read-after-write consistency.
"""

from __future__ import annotations

import base64
import io
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from archive.digest import sha256_hex
from archive.stores.keys import MAX_KEY_BYTES, check_key, check_prefix, is_key
from archive.stores.probe import probe
from archive.stores.s3_errors import ABSENT, explain
from archive.stores.store import (
    ObjectCollision,
    ObjectCorrupted,
    ObjectInfo,
    ObjectNotFound,
    StoreUnreachable,
)
from archive.stores.stream import Body, ResumingStream

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef, GetObjectRequestTypeDef

_Source = io.BytesIO | io.BufferedReader

MULTIPART_BYTES: Final = 64 << 20  # above this an object goes up in parts, so that a break costs one part
_PART_BYTES: Final = 16 << 20
_MAX_PARTS: Final = 10_000  # S3's limit
_STALE: Final = timedelta(hours=24)  # no upload takes a day: an older one belongs to a killed process

# Not the end of a put: another writer was there first (412) or is there now (409), our own upload was
# completed by a request whose answer was lost (NoSuchUpload), or the wire changed the bytes (the rest).
_LOOK_WHAT_STANDS_THERE: Final = frozenset({"409", "412", "NoSuchUpload", "BadDigest", "IncompleteBody"})


class S3Store:
    """An `ObjectStore` over the keys below `prefix` in a bucket.

    Credentials come from the usual AWS chain (environment, profile, instance). Each request is tried
    `attempts` times with exponential backoff and jitter by botocore ("standard" retry mode), each put as a
    whole as often again. botocore also repeats a PUT whose answer was lost and then reports 412 although our
    own object stands there, so every put ends by reading back what stands under the key, and the
    digest decides (`ObjectStore.put`).
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        endpoint: str | None = None,
        region: str | None = None,
        *,
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
            session = Session()
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
        full, code = self._full(key), ""
        with self._guard(f"put {key}"), _source(data) as source:
            if (actual := file_digest(source, "sha256").hexdigest()) != sha256:
                raise ObjectCorrupted(key, self.address, expected=sha256, actual=actual)
        for attempt in range(1, self._attempts + 1):
            with self._guard(f"put {key}"):
                code = self._send(full, data, sha256, content_type)
            stored = self._stored_digest(key)
            if stored == sha256:
                return
            if stored is not None:
                error = ObjectCollision if code else ObjectCorrupted
                raise error(key, self.address, expected=sha256, actual=stored)
            _pause(attempt)
        raise StoreUnreachable(
            f"cannot put {key} in {self._where}: {code or 200} was answered {self._attempts} times, yet "
            "no object stands there; try again later (and see that the key is not the folder of others)"
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

    def check(self) -> None:
        probe(self)
        self._abort_stale_uploads()

    def _full(self, key: str) -> str:
        full = self._base + check_key(key)
        if len(full.encode()) > MAX_KEY_BYTES:
            raise ValueError(
                f"object key {key!r} is too long below {self.address}: {MAX_KEY_BYTES} bytes in all"
            )
        return full

    def _send(self, full: str, data: bytes | Path, sha256: str, content_type: str) -> str:
        """Put once, with botocore's retries: "" if it was taken, else the code to look into."""
        size = data.stat().st_size if isinstance(data, Path) else len(data)
        if size > MULTIPART_BYTES and self._size(full) is not None:
            return "412"  # what completing the upload would answer, without sending it all first
        try:
            with _source(data) as source:
                if size > MULTIPART_BYTES:
                    self._send_parts(full, source, size, sha256, content_type)
                else:
                    self._s3.put_object(
                        Bucket=self._bucket,
                        Key=full,
                        Body=source,  # seekable: botocore rewinds it before it sends it again
                        ContentLength=size,
                        ContentType=content_type,
                        IfNoneMatch="*",
                        ChecksumSHA256=_base64(sha256),
                        Metadata={"sha256": sha256},
                    )
        except ClientError as error:
            for code in _codes(error):
                if code in _LOOK_WHAT_STANDS_THERE:
                    return code
            raise
        return ""

    def _send_parts(self, full: str, source: _Source, size: int, sha256: str, content_type: str) -> None:
        bucket = self._bucket
        upload = self._s3.create_multipart_upload(
            Bucket=bucket,
            Key=full,
            ContentType=content_type,
            ChecksumAlgorithm="SHA256",
            Metadata={"sha256": sha256},
        )["UploadId"]
        part_size = max(_PART_BYTES, -(-size // _MAX_PARTS))
        parts: list[CompletedPartTypeDef] = []
        try:
            while chunk := source.read(part_size):
                checksum = _base64(sha256_hex(chunk))
                number = len(parts) + 1
                sent = self._s3.upload_part(
                    Bucket=bucket,
                    Key=full,
                    UploadId=upload,
                    PartNumber=number,
                    Body=chunk,
                    ChecksumSHA256=checksum,
                )
                parts.append({"ETag": sent["ETag"], "PartNumber": number, "ChecksumSHA256": checksum})
            self._s3.complete_multipart_upload(
                Bucket=bucket, Key=full, UploadId=upload, IfNoneMatch="*", MultipartUpload={"Parts": parts}
            )
        except BaseException:
            # Parts cost storage until they are aborted. If this fails too, the error that brought us here
            # is the one to tell, and the next check() aborts them.
            with suppress(ClientError, BotoCoreError):
                self._s3.abort_multipart_upload(Bucket=bucket, Key=full, UploadId=upload)
            raise

    def _abort_stale_uploads(self) -> None:
        with self._guard("abort unfinished uploads"):
            pages = self._s3.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._base):
                for upload in page.get("Uploads", ()):
                    if datetime.now(UTC) - upload["Initiated"] > _STALE:
                        self._s3.abort_multipart_upload(
                            Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                        )

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


@contextmanager
def _source(data: bytes | Path) -> Iterator[_Source]:
    with data.open("rb") if isinstance(data, Path) else io.BytesIO(data) as stream:
        yield stream


def _base64(sha256: str) -> str:
    """A hex digest as S3's checksum headers spell it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode("ascii")


def _pause(attempt: int) -> None:
    """Exponential backoff with full jitter: up to 0.2, 0.4, 0.8, ... at most 8 seconds."""
    time.sleep(random.uniform(0, min(8.0, 0.1 * 2**attempt)))
