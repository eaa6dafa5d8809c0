"""A catalog that is half rebuilt is refused by everybody but the rebuild that goes on with it."""

from __future__ import annotations

from archive.catalog import rebuilding
from archive.catalog.catalog import Catalog
from archive.catalog.errors import CatalogUnfinished


def refuse_unfinished(catalog: Catalog) -> None:
    """Raise CatalogUnfinished if a rebuild of this catalog has begun and is not done."""
    if (found := rebuilding.unfinished(catalog)) is not None:
        raise CatalogUnfinished(
            f"catalog {catalog.address} is half rebuilt (from {found.store}, begun "
            f"{found.started_at:%Y-%m-%d %H:%M} UTC) and is not whole yet; `dateline rebuild` goes on with it"
        )
