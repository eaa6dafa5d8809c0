"""How far a run is, as standard error says every few seconds; on a fast machine it is over before that."""

from __future__ import annotations

import re

_PROGRESS = re.compile(r"\S+: \d+ of \d+ addresses done.*")


def without_progress(stderr: str) -> list[str]:
    """The lines of standard error but those that tell how far a run is."""
    return [line for line in stderr.splitlines() if not _PROGRESS.fullmatch(line)]
