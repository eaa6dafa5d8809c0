"""One request, one exchange, kept as it went over the wire. Framework-free asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import SimpleNamespace
from typing import cast

import aiohttp
from yarl import URL

from archive.clock import Clock, SystemClock
from archive.exchange import Exchange
from config.network_settings import NetworkSettings
from crawler.fetch.body import coding_fault, framing_fault, read_body
from crawler.fetch.errors import FetchReason, fetch_error
from crawler.fetch.failures import as_fetch_error
from crawler.fetch.head import HeadError, request_head, response_head
from crawler.fetch.login import masked_fields, without_secrets
from crawler.fetch.request import FetchRequest, request_fields
from crawler.fetch.resolver import BlockedAddressError, Lookup, NameService, public_addresses, system_lookup
from crawler.fetch.target import check_url
from crawler.fetch.transport import hosts_table, open_session, tls_context
from crawler.fetch.wire import TappedResponse

__all__ = ["FetchRequest", "HttpClient"]


@dataclass(slots=True)
class _Sent:
    """What went out; of the last attempt, where aiohttp repeats a request on a connection gone stale."""

    withheld: Mapping[str, str]
    turn: Callable[[], Awaitable[None]] | None
    told: Callable[[], None] | None
    head: bytes = b""
    at: datetime | None = None


class HttpClient:
    """Fetches over HTTP/1.1; redirects are not followed, cookies not kept, nothing is decoded or retried.

    Raises ConfigError when made, if the CA file or the hosts file of `network` cannot be used.
    """

    def __init__(
        self, network: NetworkSettings, clock: Clock | None = None, *, lookup: Lookup = system_lookup
    ) -> None:
        self.network = network
        self._clock = clock or SystemClock()
        self._proxy = URL(network.proxy.get_secret_value()) if network.proxy is not None else None
        self._tls = tls_context(network.ca_file)
        self._hosts = hosts_table(network.hosts_file)
        self._lookup = lookup
        self._names: NameService | None = None
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._decoding = asyncio.Semaphore(1)  # one body at a time is unpacked to see whether it is whole

    async def fetch(self, request: FetchRequest) -> Exchange:
        """The exchange, whole or marked truncated; the whole of it ends at `network.timeout`.

        Raises:
            FetchError: there is none, for a reason of the closed list; a `TransientFetchError` if it may go
                better in a moment.
        """
        deadline = asyncio.get_running_loop().time() + self.network.timeout
        url = request.url.partition("#")[0]
        host = check_url(url, allow_private=request.allow_private)
        fields = request_fields(request, self.network.user_agent)
        sent = _Sent(request.login, request.turn, request.sent)
        try:
            async with asyncio.timeout_at(deadline):
                if self._proxy is not None:
                    await self._check_behind_proxy(host, allow_private=request.allow_private)
                session = self._session(public_only=not request.allow_private)
                response = await session.get(
                    URL(url, encoded=True),
                    headers=fields,
                    allow_redirects=False,
                    proxy=self._proxy,
                    trace_request_ctx=sent,
                )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise as_fetch_error(error, url, proxied=self._proxy is not None) from error
        try:
            tapped = cast("TappedResponse", response)  # the session's response class
            return await self._exchange(request, url, tapped, sent, deadline=deadline)
        finally:
            response.close()  # a connection whose body is whole went back to the pool before

    async def _exchange(
        self, request: FetchRequest, url: str, response: TappedResponse, sent: _Sent, *, deadline: float
    ) -> Exchange:
        """Make the exchange of a response whose head is there; its body is read here."""
        tap = response.tap
        if tap is None or tap.head is None or response.status == HTTPStatus.SWITCHING_PROTOCOLS:
            raise fetch_error(FetchReason.PROTOCOL, url, f"status {response.status} without a usable head")
        if self._proxy is not None and response.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            raise fetch_error(FetchReason.PROXY, url, "the proxy asks for credentials (407)")
        try:
            head = response_head(tap.head)
        except HeadError as error:
            raise fetch_error(FetchReason.PROTOCOL, url, error) from error
        body, truncated = await read_body(response.content, limit=request.max_bytes, deadline=deadline)
        truncated = truncated or framing_fault(tap, response.status, response.headers)
        codings = response.headers.getall("Content-Encoding", [])
        if truncated is None and codings:
            async with self._decoding:
                truncated = await asyncio.to_thread(coding_fault, body, codings[-1])
        return Exchange(
            url=url,
            at=sent.at or self._clock.now(),
            request_head=sent.head,
            response_head=without_secrets(head, request.secrets),
            status=response.status,
            body=body,
            ip=response.peer if self._proxy is None else None,
            truncated=truncated,
        )

    async def _check_behind_proxy(self, host: str, *, allow_private: bool) -> None:
        """Resolve the target all the same: a name that leads inside is not for the proxy to find."""
        try:
            if allow_private:
                await self._name_service().addresses(host)
            else:
                await public_addresses(self._name_service(), host)
        except BlockedAddressError:
            raise
        except OSError:
            if not self.network.unresolved_through_proxy:
                raise

    def _name_service(self) -> NameService:
        if self._names is None:
            self._names = NameService(
                self._hosts,
                timeout=self.network.connect_timeout,
                lookup=self._lookup,
                remember_failures=self._proxy is not None,
            )
        return self._names

    def _session(self, *, public_only: bool) -> aiohttp.ClientSession:
        if self._proxy is not None:
            public_only = False  # the connection is to the proxy, which may well be in our own network
        if public_only not in self._sessions:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(self._note_sent)
            self._sessions[public_only] = open_session(
                self.network, self._name_service(), self._tls, trace, public_only=public_only
            )
        return self._sessions[public_only]

    async def _note_sent(
        self,
        _: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestHeadersSentParams,
    ) -> None:
        sent: _Sent = context.trace_request_ctx
        if sent.turn is not None:
            await sent.turn()
        if sent.told is not None:
            sent.told()
        sent.at = self._clock.now()
        fields = masked_fields(params.headers.items(), sent.withheld)
        sent.head = request_head(params.method, params.url.raw_path_qs, fields)

    async def close(self) -> None:
        """Close all connections; fetching again opens new ones."""
        sessions, self._sessions = list(self._sessions.values()), {}
        names, self._names = self._names, None
        for session in sessions:
            await session.close()
        if names is not None:
            names.close()
