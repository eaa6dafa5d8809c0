"""How connections are made: TLS trust, names, and the guard on every socket."""

from __future__ import annotations

import socket
import ssl
from ipaddress import ip_address
from pathlib import Path

import aiohttp
from aiohttp.connector import AddrInfoType

from config.errors import ConfigError
from config.hosts_file import read_hosts
from config.network_settings import NetworkSettings
from crawler.fetch.addresses import is_public
from crawler.fetch.resolver import BlockedAddressError, NameService, Resolver
from crawler.fetch.wire import TappedConnector, TappedResponse

_ANY_NUMBER = 1 << 20  # of header fields: the limit that counts is the one on the section's bytes


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Certificates and host names are verified, always: by the system's store, or by `ca_file` in its place.

    Raises ConfigError if the file is unreadable or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"network.ca_file: {ca_file} cannot be used: {error}; allowed: a file of PEM certificates"
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context


def hosts_table(hosts_file: Path | None) -> dict[str, tuple[str, ...]]:
    """Names to look up before DNS; raises ConfigError if the file cannot be used."""
    if hosts_file is None:
        return {}
    try:
        return read_hosts(hosts_file)
    except ValueError as error:
        raise ConfigError(f"network.hosts_file: {hosts_file}: {error}") from error


def _public_socket(info: AddrInfoType) -> socket.socket:
    """A socket for a public address only: the last check, after which there is only `connect`."""
    family, kind, protocol, _, address = info
    if not is_public(ip_address(str(address[0]))):
        raise BlockedAddressError(f"{address[0]} is not a public address")
    return socket.socket(family, kind, protocol)


def open_session(
    network: NetworkSettings,
    names: NameService,
    tls: ssl.SSLContext,
    trace: aiohttp.TraceConfig,
    *,
    public_only: bool,
) -> aiohttp.ClientSession:
    """A session that keeps what the wire said: no decompression, cookies, environment or limits of its own.

    Needs a running event loop. Connections live on for the next request; `public_only` sessions share none
    with others, so that no request can ride on a connection that it could not have opened.
    """
    connector = TappedConnector(
        max_header_bytes=network.max_header_bytes,
        resolver=Resolver(names, public_only=public_only),
        use_dns_cache=False,  # the name service has one, and knows about failures
        ssl=tls,
        limit=0,  # the downloader bounds what is in flight
        socket_factory=_public_socket if public_only else None,
    )
    return aiohttp.ClientSession(
        connector=connector,
        response_class=TappedResponse,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        trace_configs=[trace],
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=network.connect_timeout),
        skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
        max_line_size=network.max_header_bytes,
        max_field_size=network.max_header_bytes,
        max_headers=_ANY_NUMBER,
    )
