"""A file of host names and their addresses, in the form of hosts(5), asked before DNS."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

from config.problems import refuse

ALLOWED = "lines such as 192.0.2.1 www.example.org (hosts(5))"

_NAME = re.compile(r"(?!-)[\w-]{1,63}(?:\.[\w-]{1,63})*\.?")


def parse_hosts(text: str) -> dict[str, tuple[str, ...]]:
    """Addresses by name (lower case, no final dot), in the order of the lines.

    Raises:
        ValueError: naming the line that has no IP address, no name, or a malformed one.
    """
    found: dict[str, list[str]] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        words = raw.partition("#")[0].split()
        if not words:
            continue
        try:
            address = str(ipaddress.ip_address(words[0]))
        except ValueError:
            raise refuse(f"line {number}: {words[0]!r} is no IP address", allowed=ALLOWED) from None
        if len(words) == 1:
            raise refuse(f"line {number}: no name for {address}", allowed=ALLOWED)
        for name in words[1:]:
            if not _NAME.fullmatch(name):
                raise refuse(f"line {number}: {name!r} is no host name", allowed=ALLOWED)
            addresses = found.setdefault(name.lower().removesuffix("."), [])
            if address not in addresses:
                addresses.append(address)
    return {name: tuple(addresses) for name, addresses in found.items()}


def read_hosts(path: Path) -> dict[str, tuple[str, ...]]:
    """`parse_hosts` of a file.

    Raises:
        ValueError: it cannot be read, is not UTF-8, or is malformed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise refuse(f"cannot be read: {reason}", allowed="a readable file of hosts") from None
    return parse_hosts(text)
