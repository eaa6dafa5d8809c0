"""Addresses within a replayed page: each leads to the archive, at the page's own moment, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urljoin

from web.address import spell
from web.origins import replay_path

_AROUND = "".join(
    map(chr, range(0x21))
)  # C0 controls and space, which browsers drop around an address (WHATWG URL)
_WITHIN = re.compile(r"[\t\r\n]")  # and these within it
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CREDENTIALS = re.compile(r"(https?://)[^/?#]*@", re.IGNORECASE)
_DATA_PICTURE = re.compile(
    r"data:image/(?:png|gif|jpe?g|webp|avif|bmp|x-icon|svg\+xml)[;,][^\s\"'<>\\]*", re.IGNORECASE
)
_CANDIDATE = re.compile(r"[\s,]*([^\s]+)")
_DESCRIPTOR = re.compile(r"[0-9.]{1,12}[wxh]")
_FRAGMENT = "%:/?@!$&'()*+,;=~-._"
CANDIDATES = 100  # of one `srcset` that are looked at


@dataclass(frozen=True, slots=True)
class Replayed:
    """Rewrites the addresses of one document.

    Attributes:
        base: absolute URL that relative addresses start from.
        at: the moment of the document's capture.
    """

    base: str
    at: datetime

    def link(self, address: str) -> str | None:
        """Where a link leads in the archive; None for what is no web address (scripts, data, mail)."""
        bare = _bare(address)
        if bare.startswith("#"):
            return "#" + quote(bare[1:], safe=_FRAGMENT)
        url = self.absolute(bare)
        if url is None:
            return None
        _, mark, fragment = bare.partition("#")
        return replay_path(url, self.at) + (mark + quote(fragment, safe=_FRAGMENT) if mark else "")

    def absolute(self, address: str) -> str | None:
        """The web address that is meant, without its fragment; None if it is none."""
        bare = _bare(address).partition("#")[0]
        scheme = _SCHEME.match(bare)
        if scheme and scheme.group().lower() not in {"http:", "https:"}:
            return None
        # Browsers read `\` as `/` before the query.
        before, query_mark, query = bare.partition("?")
        try:
            absolute = urljoin(self.base, before.replace("\\", "/") + query_mark + query)
            return spell(_CREDENTIALS.sub(r"\1", absolute))
        except ValueError:
            return None

    def picture(self, address: str) -> str | None:
        """The same of a picture, which may also be data."""
        bare = _bare(address)
        return bare if is_data(bare) else self.link(bare)

    def pictures(self, srcset: str, has: Callable[[str], bool] = lambda _: True) -> str:
        """The same of a `srcset`; candidates that lead nowhere, or that `has` denies, are left out."""
        found = []
        for address, descriptor in self.candidates(srcset):
            place = self.picture(address) if has(address) else None
            if place is not None:
                # A comma would end the candidate early; data and paths may both hold one at the end.
                place = place.rstrip(",")
                found.append(f"{place} {descriptor}" if _DESCRIPTOR.fullmatch(descriptor) else place)
        return ", ".join(found)

    def candidates(self, srcset: str) -> Iterator[tuple[str, str]]:
        """(address, descriptor) of the first candidates of a `srcset` (HTML, 4.8.4.2.1)."""
        position = 0
        for _ in range(CANDIDATES):
            candidate = _CANDIDATE.match(srcset, position)
            if candidate is None:
                return
            address, position = candidate[1], candidate.end()
            descriptor = ""
            if address.endswith(","):
                address = address.rstrip(",")
            else:
                end = srcset.find(",", position)
                end = len(srcset) if end < 0 else end
                descriptor, position = srcset[position:end].strip(), end
            yield address, descriptor

    def below(self, base: str) -> Replayed:
        """With the address of a `<base>`; unchanged if it is no web address."""
        try:
            return Replayed(spell(urljoin(self.base, _bare(base))), self.at)
        except ValueError:
            return self


def is_data(address: str) -> bool:
    """Whether this is a picture in itself."""
    return bool(_DATA_PICTURE.fullmatch(_bare(address)))


def _bare(address: str) -> str:
    return _WITHIN.sub("", address.strip(_AROUND))
