"""Target URIs of foreign records, in the one spelling that the archive has for an address."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import idna

MAX_LENGTH = 8192  # characters; addresses with data in them grow long, but not beyond this
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\\\\]")
_PARTS = re.compile(r"(?i)(https?)://([^/?#]*)([^#]*)(#!.*)?.*", re.DOTALL)
_PORT = re.compile(r"(.*?)(?::(\d*))?")
_HOST = re.compile(r"[a-z0-9._-]{1,253}|\[[0-9a-f:.]+\]")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_KEEP = "%:/?#[]@!$&'()*+,;=~"  # RFC 3986: reserved characters and what is encoded already stay


class AddressRefused(ValueError):  # noqa: N818 - named for what it says
    """The address cannot be kept; the message says why."""


def target_uri(value: str) -> str | None:
    """The address of a capture; None if it is none of the web (`dns:`, `metadata:`, `urn:`).

    Angle brackets around it go (WARC 1.0's grammar had them, and old wgets wrote them), scheme and host
    become lower-case and punycode, a default port and a fragment go, an empty path becomes `/`, and what no
    URI can hold (spaces, letters outside ASCII) is percent-encoded.

    Raises:
        AddressRefused: control characters, credentials, no host, a host or port that cannot be, too long.
    """
    found = _PARTS.fullmatch(value.strip().removeprefix("<").removesuffix(">"))
    if found is None:
        return None
    scheme, authority, rest, mark = found[1].lower(), found[2], found[3], found[4] or ""
    if _UNSAFE.search(authority + rest.partition("?")[0]) or _UNSAFE.search(rest.replace("\\", "") + mark):
        raise AddressRefused("a control character or backslash stands in its target URI")
    if "@" in authority:
        raise AddressRefused("its target URI has credentials in it")
    path = rest if rest.startswith("/") else "/" + rest
    url = f"{scheme}://{_authority(scheme, authority)}{quote(path + mark, safe=_KEEP)}"
    if len(url) > MAX_LENGTH:
        raise AddressRefused(f"its target URI has more than {MAX_LENGTH} characters")
    return url


def host_of(url: str) -> str:
    """Host, with the port if it is not the default one, of what `target_uri` gave."""
    return urlsplit(url).netloc


def _authority(scheme: str, authority: str) -> str:
    found = _PORT.fullmatch(authority)
    host, port = (found[1].lower(), found[2]) if found else ("", None)
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise AddressRefused(f"its target URI has no host that could be: {error}") from error
    if not _HOST.fullmatch(host) or not host.strip("."):
        raise AddressRefused(f"its target URI has no host that could be: {host[:80]!r}")
    if port and not 1 <= int(port[:6]) <= 65535:  # noqa: PLR2004 - the range of TCP ports
        raise AddressRefused(f"its target URI has no port that could be: {port[:20]}")
    return host if not port or port == _DEFAULT_PORTS[scheme] else f"{host}:{int(port)}"
