"""Where things are kept: addresses of the store and the catalog, and paths made absolute."""

from __future__ import annotations

import os.path
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from config.problems import closest, refuse
from config.secrets import mask_address
from config.web_address import check_host, split

STORES = "file:///absolute/folder, file://./relative/folder or s3://bucket/prefix"
CATALOGS = "sqlite:///path/to/catalog.db or postgresql+psycopg://user:password@host:port/database"

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def resolve_places(data: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """`data` (settings as written) with its relative paths made absolute below `base`."""
    resolved: dict[str, Any] = {
        key: dict(value) if isinstance(value, dict) else value for key, value in data.items()
    }
    network, evidence, cluster = (resolved.get(name) for name in ("network", "evidence", "cluster"))
    for holder, names in (
        (resolved, ("spool", "sources")),
        (network, ("ca_file", "hosts_file")),
        (evidence, ("authority_ca_file",)),
        (cluster, ("token_file",)),
    ):
        for name in names:
            if isinstance(holder, dict) and isinstance(holder.get(name), str):
                holder[name] = _absolute(holder[name], base)
    for name, resolve in (
        ("store", resolve_store),
        ("replica", resolve_store),
        ("catalog", resolve_catalog),
    ):
        if isinstance(resolved.get(name), str):
            resolved[name] = resolve(resolved[name], base)
    return resolved


def resolve_store(address: str, base: Path) -> str:
    """`file://./folder`, `file:folder` and `file://~/folder` as `file:///…`; all others as they are."""
    scheme, _, rest = address.partition(":")
    if scheme != "file":
        return address
    path = rest.removeprefix("//")
    relative = path.startswith(("./", "../", "~")) or path in {".", ".."}
    if path and (relative or path.startswith("/") or not rest.startswith("//")):
        return f"file://{_absolute(path, base)}"
    return address


def resolve_catalog(address: str, base: Path) -> str:
    """`sqlite:///folder/file` (three slashes: relative, as in SQLAlchemy) as `sqlite:////…`."""
    path = address.removeprefix("sqlite:///")
    if path in {address, "", ":memory:"}:
        return address
    return f"sqlite:///{_absolute(path, base)}"


def _absolute(path: str, base: Path) -> str:
    if not path:
        return path
    home = os.path.expanduser(path)  # noqa: PTH111 - Path.expanduser raises for an unknown ~user
    return os.path.normpath(base / home)


def check_store(address: str) -> str:
    """`address` of an object store: `file://` and an absolute path as it is (not percent-encoded), or S3.

    Raises:
        ValueError: it is neither.
    """
    scheme, mark, rest = address.partition("://")
    if not mark or scheme not in {"file", "s3"}:
        raise refuse("is no address of a store", allowed=STORES, suggestion=_store_meant(address))
    if scheme == "file":
        if not rest.startswith("/"):
            meant = (
                f"file:///{rest.partition('/')[2]}" if rest.startswith("localhost/") else f"file://./{rest}"
            )
            raise refuse("is no path of a folder", allowed=STORES, suggestion=meant if rest else None)
        return address
    bucket, _, prefix = rest.partition("/")
    if not _BUCKET.fullmatch(bucket):
        what = f"has the malformed bucket {mask_address(bucket)!r}" if bucket else "names no bucket"
        raise refuse(what, allowed="3 to 63 of a-z, 0-9, - and . (such as s3://news-archive/dateline)")
    prefix = prefix.strip("/")
    if re.search(r"[\s\\?#]|(?:^|/)\.{0,2}(?:/|$)", prefix) and prefix:
        raise refuse("has a malformed prefix", allowed="s3://bucket/prefix, without spaces, ?, #, // and ..")
    return f"s3://{bucket}/{prefix}" if prefix else f"s3://{bucket}"


def _store_meant(address: str) -> str | None:
    scheme, mark, rest = address.partition("://")
    if mark:
        meant = closest(scheme, ["file", "s3"])
        return f"{meant}://{rest}" if meant else None
    if address.startswith("/"):
        return f"file://{address}"
    return f"file://./{address.removeprefix('./')}" if address and ":" not in address else None


def check_catalog(address: str) -> str:
    """`address` of a catalog in the form of SQLAlchemy.

    Raises:
        ValueError: it is neither SQLite in a file nor PostgreSQL through psycopg; passwords are masked.
    """
    scheme, mark, rest = address.partition("://")
    if scheme == "sqlite" and mark:
        if not rest.startswith("/") or rest in {"/", "/:memory:"} or "?" in rest:
            meant = f"sqlite:///{rest}" if rest and not rest.startswith((":", "/", "?")) else None
            allowed = "sqlite:///path/to/catalog.db, a file that all processes share"
            raise refuse("names no file", allowed=allowed, suggestion=meant)
        return address
    if scheme != "postgresql+psycopg" or not mark:
        meant = f"postgresql+psycopg://{rest}" if mark and scheme.startswith("postgres") else None
        meant = f"sqlite:///{address}" if not mark and re.fullmatch(r"[\w./~-]+", address) else meant
        shown = mask_address(meant) if meant else None
        raise refuse("is no address of a catalog", allowed=CATALOGS, suggestion=shown)
    parts = split(address)
    if parts.netloc.rpartition("@")[2]:  # no host at all is the local socket
        check_host(parts)
    if not parts.path.strip("/"):
        raise refuse("names no database", allowed=CATALOGS)
    return address


def _check_folder(value: Any) -> Any:
    if isinstance(value, str) and (not value.strip() or "\0" in value):
        raise refuse("is no path", allowed="a path of a folder")
    return value


Folder = Annotated[Path, BeforeValidator(_check_folder)]
StoreAddress = Annotated[str, AfterValidator(check_store)]
CatalogAddress = Annotated[str, AfterValidator(check_catalog)]
