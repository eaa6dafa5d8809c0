"""Answers that are of the API alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cited:
    """How a version is cited.

    Attributes:
        permanent: address of its page. memento: of its capture (RFC 7089).
        forms: ready-made references, by name: plain, bibtex, ris, wiki.
    """

    article_id: str
    number: int
    permanent: str
    memento: str
    forms: dict[str, str]


@dataclass(frozen=True, slots=True)
class Service:
    """What answers here.

    Attributes:
        version: of the software. api: of this interface.
        pending: versions that wait to be searchable.
    """

    name: str
    version: str
    api: str
    pending: int
