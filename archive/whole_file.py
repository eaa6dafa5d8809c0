"""A file that is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from archive.segment import sync_folder
from config.errors import ConfigError, DatelineError, ServiceUnreachable

# The place was named wrongly; every other fault (full, read-only, broken) is the disk's.
_MISNAMED = (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place, and put it there, durable, when the block ends without an error.

    What stood at `path` before stays until then, and for good if the block fails. Raises ConfigError if
    `path` cannot be a file of ours, ServiceUnreachable if the disk is full or broken.
    """
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with part.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> DatelineError:
    kind = ConfigError if isinstance(error, _MISNAMED) else ServiceUnreachable
    return kind(
        f"cannot write {path}: {error.strerror or error}; name a file in a folder that exists, may be "
        "written and has space"
    )
