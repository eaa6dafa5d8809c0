"""Addresses within a replayed page: each leads to the archive, at the page's own moment, or nowhere."""

from __future__ import annotations

import re
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
            return "#" + quote(bare[1:], safe="%:/?@!$&'()*+,;=~-._")
        scheme = _SCHEME.match(bare)
        if scheme and scheme.group().lower() not in {"http:", "https:"}:
            return None
        path, mark, fragment = bare.partition("#")
        # Browsers read `\` as `/` before the query.
        before, query_mark, query = path.partition("?")
        try:
            absolute = urljoin(self.base, before.replace("\\", "/") + query_mark + query)
            url = spell(_CREDENTIALS.sub(r"\1", absolute))
        except ValueError:
            return None
        return replay_path(url, self.at) + (
            mark + quote(fragment, safe="%:/?@!$&'()*+,;=~-._") if mark else ""
        )

    def picture(self, address: str) -> str | None:
        """The same of a picture, which may also be data."""
        bare = _bare(address)
        return bare if _DATA_PICTURE.fullmatch(bare) else self.link(bare)

    def pictures(self, srcset: str) -> str:
        """The same of a `srcset` (HTML, 4.8.4.2.1); candidates that lead nowhere are left out."""
        found, position = [], 0
        while candidate := _CANDIDATE.match(srcset, position):
            address, position = candidate[1], candidate.end()
            descriptor = ""
            if address.endswith(","):
                address = address.rstrip(",")
            else:
                end = srcset.find(",", position)
                end = len(srcset) if end < 0 else end
                descriptor, position = srcset[position:end].strip(), end
            place = self.picture(address)
            if place is not None:
                # A comma would end the candidate early; data and paths may both hold one at the end.
                place = place.rstrip(",")
                found.append(f"{place} {descriptor}" if _DESCRIPTOR.fullmatch(descriptor) else place)
        return ", ".join(found)

    def below(self, base: str) -> Replayed:
        """With the address of a `<base>`; unchanged if it is no web address."""
        try:
            return Replayed(spell(urljoin(self.base, _bare(base))), self.at)
        except ValueError:
            return self


def _bare(address: str) -> str:
    return _WITHIN.sub("", address.strip(_AROUND))
