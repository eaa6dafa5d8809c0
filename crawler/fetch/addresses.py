"""Which addresses are public: the one rule behind every connection that the crawler makes."""

from __future__ import annotations

import re
import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# `is_global` of Python 3.11 (before the fixes of 3.11.10) is true for these; IANA's special-purpose
# registries say otherwise (RFC 6890 and its successors). Older and newer Pythons get the same answer from us.
_NOT_PUBLIC_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # "this network", RFC 791
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, withdrawn by RFC 7526
        "198.18.0.0/15",  # benchmarking, RFC 2544
    )
)
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")  # all that IANA has given out so far, RFC 4291
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, RFC 2928; Teredo inside it is unwrapped before
        "2001:db8::/32",  # documentation, RFC 3849
        "3fff::/20",  # documentation, RFC 9637
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_NUMBER_LABEL = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")  # WHATWG URL: "ends in a number"


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` is a global unicast address.

    An address that carries another one (IPv4-mapped, 6to4, NAT64, Teredo) is judged by the one inside,
    because that is where the packets go.
    """
    if isinstance(address, IPv4Address):
        return (
            address.is_global
            and not address.is_multicast
            and not address.is_reserved
            and not any(address in block for block in _NOT_PUBLIC_V4)
        )
    if address.scope_id is not None:  # a zone makes sense on one link only (RFC 4007)
        return False
    inner = _carried(address)
    if inner:
        return all(is_public(each) for each in inner)
    return (
        address in _GLOBAL_UNICAST_V6
        and address.is_global
        and not any(address in net for net in _NOT_PUBLIC_V6)
    )


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address leads to; empty for a plain one."""
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo  # the relaying server and the client: both are sent packets
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


@lru_cache(maxsize=4096)  # asked for each request, and again when its host is looked up
def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` spells, in any way that a system resolver understands; None for a name.

    Understood are dotted quads, IPv6 with or without brackets, a trailing dot, and the old forms of
    `inet_aton`: `2130706433`, `0x7f.1`, `0177.0.0.1`, `127.1`.

    Raises:
        ValueError: the host ends in a number, so it can be no name (WHATWG URL, 3.5), but spells no address.
    """
    bare = host.removeprefix("[").removesuffix("]").removesuffix(".")
    try:
        return ip_address(bare)
    except ValueError:
        if ":" in bare:
            raise
    if not _NUMBER_LABEL.fullmatch(bare.rpartition(".")[2]):
        return None
    try:
        return IPv4Address(socket.inet_aton(bare))
    except OSError:
        raise ValueError(f"{host!r} ends in a number but is no IPv4 address") from None
