"""The folder of a demo: made anew if it is a former demo's, never if it is anything else."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ConfigError, DatelineError

if TYPE_CHECKING:
    from cli.demo_site import DemoSite
    from config.settings import Settings

MARK = ".dateline-demo"  # only a folder that has this file is ever emptied

_LADDER = (1.0, 2.0, 3.0)  # a look each night, since the demo has only three
_CONTACT = "https://demo.example.org/contact"
_REST = (
    f"network: {{hosts_file: hosts, contact: '{_CONTACT}', delay: 0}}",
    f"crawl: {{revisit: [{', '.join(f'{days:g}' for days in _LADDER)}]}}",
    "log: {level: warning}",
)


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where a demo's data lie; all paths are absolute."""

    root: Path

    @property
    def config(self) -> Path:
        """The file of settings."""
        return self.root / "dateline.yaml"

    @property
    def store(self) -> Path:
        """The folder that stands in for a bucket."""
        return self.root / "archive"

    def settings(self) -> Settings:
        """The demo's settings, whatever the variables of the environment say."""
        from config.settings import CrawlSettings, LogSettings, NetworkSettings, Settings

        return Settings(
            store=f"file://{self.store}",
            catalog=f"sqlite:///{self.root / 'catalog.db'}",
            spool=self.root / "spool",
            sources=self.root / "sources",
            network=NetworkSettings(hosts_file=self.root / "hosts", contact=_CONTACT, delay=0.0),
            crawl=CrawlSettings(revisit=_LADDER),
            log=LogSettings(level="warning"),
        )


def make_folder(root: Path) -> DemoFolder:
    """An empty folder for a demo at `root`.

    Raises ConfigError if something else is there, DatelineError if the folder cannot be made.
    """
    root = root.absolute()
    try:
        if root.is_symlink() or (root.exists() and not root.is_dir()):
            raise ConfigError(f"--keep {root} is not a folder; name one that is new, or a former demo's")
        if root.is_dir() and any(root.iterdir()):
            if not (root / MARK).is_file():
                raise ConfigError(
                    f"--keep {root} holds other things than a demo, and is left alone; "
                    "name a folder that is new, empty, or a former demo's"
                )
            shutil.rmtree(root)
        root.mkdir(parents=True, exist_ok=True)
        (root / MARK).write_text("Made by `dateline demo`, which empties this folder when it runs again.\n")
    except OSError as error:
        raise DatelineError(f"cannot make the demo's folder {root}: {error.strerror or error}") from error
    return DemoFolder(root)


def furnish(folder: DemoFolder, site: DemoSite) -> None:
    """Write sources, hosts and settings; the settings are commented, because people read them."""
    site.write_sources(folder.root / "sources")
    site.write_hosts_file(folder.root / "hosts")
    folder.config.write_text(_yaml(), encoding="utf-8")


def _yaml() -> str:
    entries: Mapping[str, str] = {
        "store: file:archive": "the bucket; s3://bucket/prefix in earnest",
        "catalog: sqlite:///catalog.db": "what is in it; can be rebuilt from the store",
        "spool: spool": "segments that are still open",
        "sources: sources": "a file for each site",
    }
    lines = [f"{entry:<32}# {what}" for entry, what in entries.items()]
    return "\n".join(["# The settings of the demo; paths start at this file's folder.", *lines, *_REST, ""])
