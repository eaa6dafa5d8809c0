"""The version of Dateline that is running."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path


def dateline_version() -> str:
    """The installed version; run from a source tree that was never installed, that of its pyproject.toml."""
    try:
        return installed_version("dateline")
    except PackageNotFoundError:
        project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["version"])
