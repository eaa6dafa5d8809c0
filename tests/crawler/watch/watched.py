"""A source that is judged night after night, as runs do."""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.rows import AlarmRow, FigureRow
from config.source import Source
from crawler.watch.judge import judge

SITE = Source(name="site", homepage="https://site.example/")


@dataclass
class Watched:
    """Keeps what was judged, and the alarms."""

    source: Source = SITE
    figures: list[FigureRow] = field(default_factory=list)
    alarms: dict[str, AlarmRow] = field(default_factory=dict)

    def see(self, row: FigureRow) -> None:
        """Judge one more night."""
        standing = [alarm for alarm in self.alarms.values() if alarm.cleared_at is None]
        for made in judge(self.source, [*self.figures, row], standing, row.at):
            if isinstance(made, AlarmRow):
                self.alarms[made.id] = made
            else:
                self.figures.append(made)

    @property
    def open(self) -> set[str]:
        """Kinds of the alarms that are open."""
        return {alarm.kind for alarm in self.alarms.values() if alarm.cleared_at is None}
