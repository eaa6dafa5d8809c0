"""A file that is there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from archive.segment import sync_folder
from config.errors import ConfigError, DatelineError, ServiceUnreachable

# The place was named wrongly; every other fault (full, read-only, broken) is the disk's.
_MISNAMED = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EPERM,
        errno.ENAMETOOLONG,
        errno.ELOOP,
    }
)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place, and put it there, durable, when the block ends without an error.

    What stood at `path` before stays until then, and for good if the block fails. Raises ConfigError if
    `path` cannot be a file of ours, ServiceUnreachable if the disk is full or broken.
    """
    part = path.parent / f".{uuid4().hex}.part"
    try:
        if path.is_dir():  # replacing it would fail too, but only when all was written
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        stream = part.open("xb")
    except OSError as error:
        raise _refused(path, error) from error
    try:
        with stream:
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
    kind = ConfigError if error.errno in _MISNAMED else ServiceUnreachable
    return kind(
        f"cannot write {path}: {error.strerror or error}; name a file in a folder that exists, may be "
        "written and has space"
    )
