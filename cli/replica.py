"""The replica of the settings, for commands that need one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.stores.store import ObjectStore


def replica_of(archive: Archive) -> ObjectStore:
    """The second store. Raises ConfigError if the settings name none."""
    if archive.replica is None:
        raise ConfigError(
            "no replica is set: name a second store, such as `replica: s3://other-bucket/dateline`, in "
            "dateline.yaml"
        )
    return archive.replica
