"""Settings under `cluster`: which machines work together, and how they find each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.part import Part
from config.problems import refuse

_ADDRESS = re.compile(r"(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")
PORTS = 40  # that a machine needs from `cluster.ports` on
FETCHER_PORTS = 30  # of these, for the processes that Ray starts
_HIGHEST = 65_535


def _check_address(address: str) -> str:
    found = _ADDRESS.fullmatch(address)
    if found is None or not 1 <= int(found["port"]) <= _HIGHEST:
        raise refuse("is no address of a cluster", allowed="host:port, such as 10.0.0.1:6379")
    return address


class ClusterSettings(Part):
    """Settings under `cluster`; they count with `engine: ray`.

    Attributes:
        address: host and port of the first machine, the same on all of them.
        node: this machine's own address, where it has several; chosen by Ray if None.
        token_file: the secret that lets a machine in, the same file on all of them.
        ports: the first of the ports that a machine listens on, besides that of `address`.
        shards: parts into which a run is divided, at most.
        fetchers: processes that crawl on this machine.
    """

    address: Annotated[str, AfterValidator(_check_address)] | None = None
    node: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")] | None = None
    token_file: Path | None = None
    ports: int = Field(default=6400, ge=1024, le=_HIGHEST - PORTS)
    shards: int = Field(default=32, ge=1, le=10_000)
    fetchers: int = Field(default=1, ge=0, le=1024)


EngineName = Literal["local", "ray"]


def check_engine(engine: EngineName, cluster: ClusterSettings, *, store: str, catalog: str) -> None:
    """Raise ValueError for an engine of many machines without what they share."""
    if engine == "local":
        return
    if not catalog.startswith("postgresql"):
        allowed = "a PostgreSQL that all machines reach, with engine: ray"
        raise refuse("is a file of one machine", allowed=allowed, at=("catalog",))
    if not store.startswith("s3:"):
        allowed = "an S3 bucket that all machines reach, with engine: ray"
        raise refuse("is a folder of one machine", allowed=allowed, at=("store",))
    if cluster.address is None:
        allowed = "host:port of the first machine, such as 10.0.0.1:6379"
        raise refuse("is missing", allowed=allowed, at=("cluster", "address"))
    if cluster.token_file is None:
        allowed = "a file with the secret that lets machines in; `dateline cluster up` makes it on the first"
        raise refuse("is missing", allowed=allowed, at=("cluster", "token_file"))
