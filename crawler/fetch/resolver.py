"""Names to addresses: hosts file, then DNS; what comes out is what is connected to.

Checking an address here and connecting to that very address closes the gap in which a name could change its
answer (DNS rebinding): aiohttp connects to exactly the addresses that its resolver returns.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.fetch.addresses import is_public, literal_address

Lookup = Callable[[str], tuple[str, ...]]

_TTL = 60.0  # seconds an answer is kept; getaddrinfo does not tell the record's own
_CACHE_SIZE = 4096
_THREADS = 16  # a dead name server holds a thread for its whole timeout


class BlockedAddressError(OSError):
    """A name or literal leads inside. An OSError, as aiohttp expects of resolvers."""


def system_lookup(host: str) -> tuple[str, ...]:
    """Addresses of `host` from the system's resolver, without duplicates. Blocks; raises socket.gaierror."""
    infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(info[4][0]) for info in infos))


class NameService:
    """Looks names up off the event loop and remembers the answers for a minute.

    Failures are remembered only if `remember_failures` says so: behind a proxy, where names may never resolve
    here, asking again for every page would cost a name server's timeout each time.
    """

    def __init__(
        self,
        hosts: Mapping[str, tuple[str, ...]],
        *,
        timeout: float,
        lookup: Lookup = system_lookup,
        remember_failures: bool = False,
    ) -> None:
        self._hosts = hosts
        self._timeout = timeout
        self._lookup = lookup
        self._remember_failures = remember_failures
        self._answers: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="dns")

    async def addresses(self, host: str) -> tuple[str, ...]:
        """All addresses of `host` (name or literal), at least one; raises OSError if there is none."""
        literal = _literal(host)
        if literal is not None:
            return (literal,)
        name = host.lower().rstrip(".")
        if name in self._hosts:
            return self._hosts[name]
        expires, found = self._answers.get(name, (0.0, ()))
        if expires <= time.monotonic():
            found = await self._ask(name)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} does not resolve")
        return found

    async def _ask(self, name: str) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout):
                found = await loop.run_in_executor(self._threads, self._lookup, name)
        except TimeoutError:
            self._remember(name, ())
            raise socket.gaierror(socket.EAI_AGAIN, f"no answer for {name} in {self._timeout:g} s") from None
        except (OSError, UnicodeError) as error:  # UnicodeError: a label that is empty or over 63 characters
            self._remember(name, ())
            raise socket.gaierror(socket.EAI_NONAME, f"{name} does not resolve: {error}") from error
        self._remember(name, found)
        return found

    def _remember(self, name: str, found: tuple[str, ...]) -> None:
        if not found and not self._remember_failures:
            return
        self._answers.pop(name, None)
        if len(self._answers) >= _CACHE_SIZE:
            del self._answers[next(iter(self._answers))]  # the oldest: dicts keep insertion order
        self._answers[name] = (time.monotonic() + _TTL, found)

    def close(self) -> None:
        """Let go of the threads; a lookup that hangs in the system cannot be stopped, only left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _literal(host: str) -> str | None:
    try:
        address = literal_address(host)
    except ValueError as error:
        raise socket.gaierror(socket.EAI_NONAME, str(error)) from None
    return None if address is None else str(address)


async def public_addresses(names: NameService, host: str) -> tuple[str, ...]:
    """The addresses of `host`, every one public; BlockedAddressError if any is not, OSError if none."""
    found = await names.addresses(host)
    for address in found:
        if not is_public(ip_address(address)):
            raise BlockedAddressError(f"{host} leads to {address}, which is not a public address")
    return found


class Resolver(AbstractResolver):
    """What aiohttp asks before it connects. With `public_only`, one bad address blocks the whole answer."""

    def __init__(self, names: NameService, *, public_only: bool) -> None:
        self._names = names
        self._public_only = public_only

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = (
            await public_addresses(self._names, host)
            if self._public_only
            else await self._names.addresses(host)
        )
        results = [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]
        wanted = [each for each in results if family in (socket.AF_UNSPEC, each["family"])]
        if not wanted:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} has no address of the family {family}")
        return wanted

    async def close(self) -> None:
        """Nothing of its own to close: the name service belongs to the client."""
