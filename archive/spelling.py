"""An address in the spelling of the archive (pure)."""

from __future__ import annotations

import re
from urllib.parse import quote

import idna

LONGEST = 2048  # characters; what the crawler fetches at most
ALLOWED = "an absolute http or https URL of at most 2,048 characters"

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ABSOLUTE = re.compile(r"(https?):/{1,2}([^/?#]+)([^#]*)", re.IGNORECASE)  # proxies merge slashes
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@]+)(?::(\d{0,5}))?", re.IGNORECASE | re.ASCII)
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_KEEP = "%:/?[]@!$&'()*+,;=~"  # RFC 3986's reserved characters, and what is encoded already


def spell(url: str) -> str:
    """A URL in the spelling of the archive: see `crawler/urls.py`; no fragment.

    Raises ValueError if it is no address that could have been captured.
    """
    found = _ABSOLUTE.match(url)
    if found is None or _CONTROL.search(url) or "\\" in url.partition("?")[0]:
        raise ValueError(f"{url[:200]!r} is no web address")
    scheme, authority, rest = found[1].lower(), _AUTHORITY.fullmatch(found[2]), found[3]
    if authority is None:
        raise ValueError(f"{url[:200]!r} has no host that can be")
    host = authority[1].lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise ValueError(f"{url[:200]!r} has no host that can be") from error
    if not (host.startswith("[") or _HOST.fullmatch(host)):
        raise ValueError(f"{url[:200]!r} has no host that can be")
    port = int(authority[2]) if authority[2] else None
    netloc = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    path = rest if rest.startswith("/") else f"/{rest}"
    spelled = f"{scheme}://{netloc}{quote(path, safe=_KEEP)}"
    if len(spelled) > LONGEST:
        raise ValueError(f"the address has {len(spelled)} characters")
    return spelled
