"""Which hosts belong to one site: those under one registrable domain (publicsuffix.org)."""

from __future__ import annotations

from functools import lru_cache

import tldextract

from crawler.urls import host_of


def site_of(url: str) -> str:
    """The registrable domain of a URL's host, e.g. `example.co.uk`.

    Under a suffix that the list does not know, the last two labels; for an IP address or a single label (as
    on a local network) the host with its port.

    Raises:
        ValueError: `url` has no host.
    """
    return _site_of_host(host_of(url))


@lru_cache(maxsize=1024)  # most links of a document lead to few hosts
def _site_of_host(netloc: str) -> str:
    host = netloc if netloc.startswith("[") else netloc.partition(":")[0]
    registrable = _suffixes()(host).top_domain_under_public_suffix
    if registrable:
        return registrable
    labels = host.rstrip(".").split(".")
    if host.startswith("[") or len(labels) == 1 or labels[-1].isdigit():
        return netloc
    return ".".join(labels[-2:])


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    """The list that comes with the library: no address is asked, no file written."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
