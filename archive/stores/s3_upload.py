"""Sends an object to a bucket: whole, or in parts (multipart upload), so that a break costs one part."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.digest import sha256_hex

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import (
        CompletedPartTypeDef,
        CompleteMultipartUploadRequestTypeDef,
        MultipartUploadTypeDef,
        PutObjectRequestTypeDef,
    )

Source = io.BytesIO | io.BufferedReader

MULTIPART_BYTES: Final = 64 << 20  # above this an object goes up in parts
_PART_BYTES: Final = 16 << 20
_MAX_PARTS: Final = 10_000  # S3's limit
STALE: Final = timedelta(hours=24)  # no upload takes a day: an older one belongs to a killed process


@dataclass(frozen=True, slots=True)
class Upload:
    """What goes where: `size` bytes under a key of the bucket.

    Unless `overwrite`, the service is to refuse them if anything stands there (`If-None-Match: *`).
    """

    bucket: str
    key: str
    data: bytes | Path
    sha256: str
    content_type: str
    overwrite: bool

    @property
    def size(self) -> int:
        """Bytes to send."""
        return self.data.stat().st_size if isinstance(self.data, Path) else len(self.data)

    @property
    def in_parts(self) -> bool:
        """Whether it is too large for one request."""
        return self.size > MULTIPART_BYTES

    @contextmanager
    def opened(self) -> Iterator[Source]:
        """The bytes as a stream."""
        with self.data.open("rb") if isinstance(self.data, Path) else io.BytesIO(self.data) as stream:
            yield stream


def send(s3: S3Client, upload: Upload, errors: tuple[type[Exception], ...]) -> None:
    """Send it once; raises what the client raises, whose exceptions are `errors`."""
    if upload.in_parts:
        _send_parts(s3, upload, errors)
    else:
        _send_whole(s3, upload)


def _send_whole(s3: S3Client, upload: Upload) -> None:
    with upload.opened() as source:
        request: PutObjectRequestTypeDef = {
            "Bucket": upload.bucket,
            "Key": upload.key,
            "Body": source,  # seekable: botocore rewinds it before it sends it again
            "ContentLength": upload.size,
            "ContentType": upload.content_type,
            "ChecksumSHA256": _base64(upload.sha256),
            "Metadata": {"sha256": upload.sha256},
        }
        if not upload.overwrite:
            request["IfNoneMatch"] = "*"
        s3.put_object(**request)


def _send_parts(s3: S3Client, upload: Upload, errors: tuple[type[Exception], ...]) -> None:
    bucket, key = upload.bucket, upload.key
    identity = s3.create_multipart_upload(
        Bucket=bucket,
        Key=key,
        ContentType=upload.content_type,
        ChecksumAlgorithm="SHA256",
        Metadata={"sha256": upload.sha256},
    )["UploadId"]
    try:
        complete: CompleteMultipartUploadRequestTypeDef = {
            "Bucket": bucket,
            "Key": key,
            "UploadId": identity,
            "MultipartUpload": {"Parts": _parts(s3, upload, identity)},
        }
        if not upload.overwrite:
            complete["IfNoneMatch"] = "*"
        s3.complete_multipart_upload(**complete)
    except BaseException:
        # Parts cost storage until they are aborted. If this fails too, the error that brought us here is
        # the one to tell, and the next check() aborts them.
        with suppress(*errors):
            s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=identity)
        raise


def _parts(s3: S3Client, upload: Upload, identity: str) -> list[CompletedPartTypeDef]:
    part_size = max(_PART_BYTES, -(-upload.size // _MAX_PARTS))
    parts: list[CompletedPartTypeDef] = []
    with upload.opened() as source:
        while chunk := source.read(part_size):
            checksum = _base64(sha256_hex(chunk))
            number = len(parts) + 1
            sent = s3.upload_part(
                Bucket=upload.bucket,
                Key=upload.key,
                UploadId=identity,
                PartNumber=number,
                Body=chunk,
                ChecksumSHA256=checksum,
            )
            parts.append({"ETag": sent["ETag"], "PartNumber": number, "ChecksumSHA256": checksum})
    return parts


def uploads(s3: S3Client, bucket: str, prefix: str) -> Iterator[MultipartUploadTypeDef]:
    """The multipart uploads that were begun for keys with this prefix and neither completed nor aborted."""
    pages = s3.get_paginator("list_multipart_uploads")
    for page in pages.paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Uploads", ())


def abort_uploads(
    s3: S3Client, bucket: str, prefix: str, *, older_than: timedelta = timedelta(), exactly: bool = False
) -> int:
    """Abort the uploads of processes that were killed; `exactly`: of the key `prefix` alone. Counts them."""
    aborted = 0
    for upload in list(uploads(s3, bucket, prefix)):
        old = not older_than or datetime.now(UTC) - upload["Initiated"] > older_than
        if old and (upload["Key"] == prefix or not exactly):
            s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
            aborted += 1
    return aborted


def lifecycle_aborts(s3: S3Client, bucket: str, prefix: str) -> bool:
    """Whether a lifecycle rule of the bucket aborts uploads below `prefix` that are not completed."""
    for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]:
        below = rule.get("Filter", {}).get("Prefix", rule.get("Prefix", ""))
        works = rule["Status"] == "Enabled" and prefix.startswith(below)
        if works and "AbortIncompleteMultipartUpload" in rule:
            return True
    return False


def _base64(sha256: str) -> str:
    """A hex digest as S3's checksum headers spell it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
