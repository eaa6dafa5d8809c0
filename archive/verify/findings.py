"""What a verification found: problems, and what a person does about each kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as promised: what kind, at which object or row, and how it differs.

    Attributes:
        object: key of an object whose bytes are missing or wrong: a right copy of it would mend this.
        text: SHA-256 of a text of which the catalog's own copy is missing or wrong.
    """

    kind: str
    where: str
    what: str
    object: str | None = None
    text: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.what}"

    @property
    def scope(self) -> str:
        """The object or row that was looked at when it was found."""
        return self.where.partition(" at ")[0]

    @property
    def advice(self) -> str:
        """What to do next."""
        if self.object and self.kind == "journal":
            return f"{_PUT_BACK}; if the copy is said to be wrong too, the catalog is: `dateline rebuild`"
        if self.object:
            return _PUT_BACK
        if self.text:
            return "`dateline verify --repair` reads the text from `derived/` again"
        return _ADVICE.get(self.kind, _REBUILD)


_PUT_BACK = "put the object back from a copy: `dateline verify --repair` takes it from `replica`"
_REBUILD = "the catalog is not what the journal says: `dateline rebuild`, then verify again"
_ADVICE = {
    "stranger": "nothing: it is left by a commit that broke off, or by a copy made during a crawl",
    "copy": "`dateline verify --repair` mends the object; then replicate again",
    "erased": "start a crawl or `dateline replicate`: both finish what was not erased",
    "class": "keep the shorter class for as long as the longer one: raise `policy.expire` of its source",
    "stamp": "a stamp or the journal that it speaks of was changed: hold the store against a copy of it",
    "journal": "if the entry waits to be applied, the next start does it; else `dateline rebuild`",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found."""

    segments: int
    records: int
    journal_entries: int
    problems: tuple[Problem, ...]
