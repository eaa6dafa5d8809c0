"""A proposal as the text of a source's file: plain YAML, every line with its reason (pure)."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from config.source import LONGEST_NAME, Source
from crawler.discovery.sites import site_of
from crawler.survey.propose import ZONE_WARNING, Proposal

_INDENT = 2
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_LONGEST_COMMENT = 110
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")


def name_of(home: str) -> str:
    """A short name for the site at this address: its registrable domain less the ending, `example-times`."""
    host = (urlsplit(home).hostname or "").removeprefix("www.")
    domain = site_of(home).partition(":")[0]
    label = domain.partition(".")[0] if host.endswith(domain) else host
    label = host if label.isdigit() else label
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:LONGEST_NAME].strip("-") or "source"


def source_text(
    name: str,
    proposal: Proposal,
    *,
    on: date,
    allow_private: bool = False,
    render: bool = False,
    defaults: Mapping[str, Any] = _NOTHING,
) -> str:
    """The file's text, which is a valid source.

    Args:
        name: of the source.
        proposal: what to write.
        on: the day, for the comment at the top.
        allow_private: the site is on a private address, and the person said so.
        render: a browser is wanted and there is one.
        defaults: what `defaults.yaml` says for every source: what it says already is not written, and a zone
            that is no more than a guess does not stand against it.

    Raises:
        ValueError: a proposal that makes no valid source (a fault of ours).
    """
    file = CommentedMap()
    file["name"] = name
    if proposal.title:
        file["title"] = _plain(proposal.title)
    file["homepage"] = proposal.home
    file["timezone"] = proposal.zone.timezone
    if proposal.language:
        file["language"] = proposal.language
    file["discover"] = _discover(proposal)
    if render:
        file["render"] = True
    if allow_private:
        file["network"] = CommentedMap(allow_private=True)
    _leave_to(defaults, file, proposal)
    _comment(file, proposal, on)
    Source.model_validate(_bare(file))
    writer = YAML()
    writer.width = 4096
    writer.indent(mapping=_INDENT, sequence=2 * _INDENT, offset=_INDENT)
    text = io.StringIO()
    writer.dump(file, text)
    return text.getvalue()


def _leave_to(defaults: Mapping[str, Any], file: CommentedMap, proposal: Proposal) -> None:
    """Take out what need not be said, or is better said by the defaults."""
    for key in ("timezone", "language", "render"):
        guessed = key == "timezone" and not proposal.zone.sure
        if key in file and key in defaults and (guessed or defaults[key] == file[key]):
            del file[key]


def _discover(proposal: Proposal) -> CommentedMap:
    discover = CommentedMap()
    for key in ("feeds", "sitemaps", "sections"):
        ways = [way for way in proposal.ways if way.key == key]
        if ways:
            items = CommentedSeq(way.url for way in ways)
            for number, way in enumerate(ways):
                items.yaml_set_comment_before_after_key(number, before=_short(way.why), indent=2 * _INDENT)
            discover[key] = items
    articles = CommentedMap()
    if proposal.allow:
        articles["allow"] = CommentedSeq(SingleQuotedScalarString(p) for p in proposal.learned.allow)
    if proposal.learned.deny and any(way.key != "feeds" for way in proposal.ways):
        articles["deny"] = CommentedSeq(SingleQuotedScalarString(p) for p in proposal.learned.deny)
    if articles:
        discover["articles"] = articles
        why = f"Learned from addresses: {proposal.learned.why}."
        discover.yaml_set_comment_before_after_key("articles", before=_short(why), indent=_INDENT)
    return discover


def _comment(file: CommentedMap, proposal: Proposal, on: date) -> None:
    head = f"Written by `dateline sources add` on {on}. Change what you like: `dateline sources check`."
    for warning in proposal.warnings:
        if warning.startswith(ZONE_WARNING) and "timezone" not in file:
            continue
        head += f"\nPlease note: {_short(warning)}"
    file.yaml_set_start_comment(head)
    if "timezone" in file:
        file.yaml_set_comment_before_after_key("timezone", before=_short(proposal.zone.why))
    if "language" in file:
        file.yaml_set_comment_before_after_key("language", before=_short(proposal.language_why))
    if "render" in file:
        file.yaml_set_comment_before_after_key("render", before="Its articles show no text without scripts.")
    if "network" in file:
        file.yaml_set_comment_before_after_key("network", before="The site is on a private address.")


def _short(text: str) -> str:
    text = _plain(text)
    return text if len(text) <= _LONGEST_COMMENT * 2 else text[: 2 * _LONGEST_COMMENT - 1] + "\u2026"


def _plain(text: str) -> str:
    """On one line, without what a terminal or YAML would take for more than text."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _bare(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _bare(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return str(value) if isinstance(value, str) else value
