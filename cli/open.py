"""The archive for commands that only read: it has to be there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cli.options import archive_of, settings_of
from config.errors import ConfigError, DatelineError

if TYPE_CHECKING:
    from archive.opening import Archive


@contextmanager
def archive_to_read(context: typer.Context, *, unfinished: bool = False) -> Iterator[Archive]:
    """The archive of the settings of this call; `unfinished`: also while its catalog is half rebuilt.

    Opening for a crawl makes an empty archive where there is none; a reader would then be told that
    nothing is known, though the settings were merely wrong. Raises ConfigError instead, DatelineError if
    the catalog is empty and the store is not, and what `archive.opening.open_archive` raises.
    """
    from archive.catalog import rebuilding
    from archive.opening import FORMAT_KEY
    from archive.stores.open import open_store

    settings = settings_of(context)
    store = open_store(settings.store, endpoint=settings.s3.endpoint, region=settings.s3.region)
    if store.stat(FORMAT_KEY) is None:
        raise ConfigError(
            f"there is no archive at {store.address}: `dateline crawl` or `dateline archive URL` begins one; "
            "to read another, name its settings with --config or DATELINE_CONFIG"
        )
    with archive_of(settings, unfinished=unfinished) as archive:
        if not unfinished or rebuilding.unfinished(archive.catalog) is None:
            _check_catalog(archive)
        yield archive


def _check_catalog(archive: Archive) -> None:
    from archive.catalog import journal_state
    from archive.journal import PREFIX

    if journal_state.newest(archive.catalog) is None and any(archive.store.list(PREFIX)):
        raise DatelineError(
            f"catalog {archive.catalog.address} is empty, but {archive.store.address} is not; name the right "
            "`catalog` in the settings, or make it again with `dateline rebuild`"
        )
