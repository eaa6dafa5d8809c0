"""From an address in the settings to the store that stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from archive.stores.keys import check_key
from archive.stores.local import LocalStore
from archive.stores.store import ObjectStore
from config.errors import ConfigError

_ALLOWED: Final = "allowed are file:///absolute/folder and s3://bucket/prefix"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")  # S3's rules for bucket names
_ENDPOINT: Final = re.compile(r"https?://[^@\s]+")


def open_store(
    address: str, *, endpoint: str | None = None, region: str | None = None, profile: str | None = None
) -> ObjectStore:
    """The store at `address`: `file:///absolute/folder` or `s3://bucket[/prefix]`.

    `endpoint` (a URL), `region` and `profile` are for S3 alone; credentials come from the usual AWS chain,
    or from the profile that was named.
    Nothing is touched yet: `check()` proves that the store works. Raises ConfigError for an address
    that is none of the two, StoreUnreachable if the AWS configuration cannot be read.
    """
    scheme, separator, rest = address.partition("://")
    if not separator or scheme not in {"file", "s3"}:
        raise ConfigError(f"store: {_redacted(address)!r} is no store; {_ALLOWED}")
    if "?" in rest or "#" in rest or "@" in rest.partition("/")[0]:
        raise ConfigError(
            f"store: {_redacted(address)!r} must have no '?', '#' or user name "
            f"(credentials come from the AWS environment); {_ALLOWED}"
        )
    return _local(address, rest) if scheme == "file" else _s3(address, rest, endpoint, region, profile)


def _local(address: str, rest: str) -> LocalStore:
    host, _, _ = rest.partition("/")
    path = Path(unquote(rest.removeprefix(host)))
    if host not in {"", "localhost"} or not path.is_absolute():
        raise ConfigError(f"store: {address!r} must name an absolute folder with three slashes; {_ALLOWED}")
    if "\0" in str(path):
        raise ConfigError(f"store: {address!r} has a NUL in its path; {_ALLOWED}")
    return LocalStore(path)


def _s3(
    address: str, rest: str, endpoint: str | None, region: str | None, profile: str | None
) -> ObjectStore:
    bucket, _, prefix = rest.partition("/")
    prefix = prefix.strip("/")
    try:
        if prefix:
            check_key(prefix)
    except ValueError as error:
        raise ConfigError(f"store: {address!r}: {error}") from None
    if not _BUCKET.fullmatch(bucket):
        raise ConfigError(
            f"store: {address!r}: {bucket!r} is no bucket name: 3 to 63 of a-z, 0-9, '.', '-'; {_ALLOWED}"
        )
    if endpoint is not None and not _ENDPOINT.fullmatch(endpoint):
        raise ConfigError(f"s3.endpoint: {_redacted(endpoint)!r} must be http(s)://host[:port], no user name")
    from archive.stores.s3 import S3Store  # noqa: PLC0415 - boto3 costs 0.3 s, and only S3 should pay it

    return S3Store(bucket, prefix, endpoint, region, profile=profile)


def _redacted(address: str) -> str:
    """The address without what stands before an `@` in its host part: it may be a password."""
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{'***@' if '@' in host else ''}{host.rpartition('@')[2]}{slash}{path}"
