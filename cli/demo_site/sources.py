"""The three source files for a crawl of the demo, and the names that the crawl must find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cli.demo_site.nights import AddressOf
from cli.demo_site.stories import load_sites

_COMMON = """\
politeness: {delay: 0}
network: {allow_private: true}    # the demo runs on this machine
"""

# The Tagblatt gives nothing but its home page: its feed and articles have to be discovered.
_DISCOVER: Mapping[str, str] = {
    "harbour-courier": """\
discover:
  feeds: ['{base}/feed.xml']
  sitemaps: ['{base}/news-sitemap.xml']
  articles: {{allow: ['/news/20\\d\\d/']}}
""",
    "tagblatt-am-see": "",
    "el-mirador": """\
discover:
  feeds: ['{base}/feed.json']
  sitemaps: ['{base}/sitemap.xml']
  articles: {{allow: ['/20\\d\\d/', '/n/\\d+$']}}
""",
}


def source_files(address: AddressOf) -> Mapping[str, str]:
    """{source name: text of its YAML file}, with addresses spelled by `address`."""
    files = {}
    for site in load_sites().values():
        discover = _DISCOVER[site.name].format(base=address(site.name, ""))
        files[site.name] = (
            f"name: {site.name}\ntitle: {site.title}\nhomepage: {address(site.name, '/')}\n"
            f"timezone: {site.timezone}\n{discover}{_COMMON}"
        )
    return files


def hosts_lines(names: Iterable[str]) -> str:
    """Lines as in /etc/hosts that send `names` to this machine."""
    return "".join(f"127.0.0.1 {name}\n" for name in names)
