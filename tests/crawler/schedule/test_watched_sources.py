"""Source files that change while a schedule runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from archive.rows import AlarmRow, Row
from config.load_sources import SourceErrors, load_sources
from crawler.schedule.watched_sources import WatchedSources
from crawler.watch.door import AlarmDoor

AT = {"a": "0 1 * * *", "b": "0 2 * * *"}


class Folder:
    """A folder of sources; every write is another moment for the file system."""

    def __init__(self, root: Path) -> None:
        self.path, self.kept, self._moment = root / "sources", root / "spool" / "kept", 1_700_000_000
        self.path.mkdir()

    def write(self, name: str, text: str | None = None, *, cron: str = "0 1 * * *") -> None:
        file = self.path / f"{name}.yaml"
        file.write_text(text or f"name: {name}\nhomepage: https://{name}.example/\nschedule: '{cron}'\n")
        self._moment += 1
        os.utime(file, (self._moment, self._moment))

    def watched(self) -> WatchedSources:
        return WatchedSources(self.path, self.kept)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    for name, cron in AT.items():
        made.write(name, cron=cron)
    return made


def crons(watched: WatchedSources) -> dict[str, str] | None:
    found = watched.changed()
    return None if found is None else {table.source: table.cron for table in found}


def test_a_wrong_file_is_an_alarm_until_it_is_right(folder: Folder) -> None:
    door, alarms = AlarmDoor(), dict[str, AlarmRow]()

    def settled() -> list[str]:
        def standing() -> list[AlarmRow]:
            return [row for row in alarms.values() if row.cleared_at is None]

        def commit(rows: Sequence[Row]) -> None:
            alarms.update({row.id: row for row in rows if isinstance(row, AlarmRow)})

        door.settle(standing, commit, datetime(2026, 3, 20, 2, len(alarms), tzinfo=UTC))
        return [f"{row.kind} {row.subject}" for row in standing()]

    watched = WatchedSources(folder.path, folder.kept, door)
    watched.begin()
    assert settled() == []
    folder.write("a", "name: a\nhomepage: nowhere\nschedule: 5\n")
    for _ in range(3):
        watched.changed()
        assert settled() == ["source_file a"]
    [alarm] = alarms.values()
    assert "a.yaml:2: homepage: value 'nowhere'" in alarm.message
    assert alarm.message.endswith("(and 1 more)")
    again = WatchedSources(folder.path, folder.kept, door)  # as after a restart
    again.begin()
    assert settled() == ["source_file a"]
    folder.write("a")
    again.changed()
    assert settled() == []
    assert len(alarms) == 1


def test_what_is_changed_added_switched_off_and_removed(folder: Folder) -> None:
    watched = folder.watched()
    assert {table.source: table.cron for table in watched.begin()} == AT
    assert crons(watched) is None
    folder.write("a", cron="30 5 * * *")
    assert crons(watched) == AT | {"a": "30 5 * * *"}
    folder.write("c", cron="0 3 * * *")
    folder.write("b", "name: b\nhomepage: https://b.example/\nenabled: false\n")
    assert crons(watched) == {"a": "30 5 * * *", "c": "0 3 * * *"}
    (folder.path / "a.yaml").unlink()
    with capture_logs() as logs:
        assert crons(watched) == {"c": "0 3 * * *"}
    assert logs == [
        {"added": [], "removed": ["a"], "changed": [], "event": "sources changed", "log_level": "info"}
    ]
    assert sorted(path.name for path in folder.kept.iterdir()) == ["b.yaml", "c.yaml"]


def test_a_wrong_file_keeps_what_it_said_also_after_a_restart(folder: Folder) -> None:
    watched = folder.watched()
    watched.begin()
    folder.write("a", "name: a\nhomepage: nonsense\n")
    folder.write("b", cron="0 4 * * *")
    with capture_logs() as logs:
        assert crons(watched) == {"a": "0 1 * * *", "b": "0 4 * * *"}
        assert crons(watched) is None
    told = [entry["problem"] for entry in logs if entry["log_level"] == "error"]
    assert len(told) == 1
    assert "a.yaml:2: homepage: value 'nonsense'" in told[0]
    again = folder.watched()
    assert {table.source: table.cron for table in again.begin()} == {"a": "0 1 * * *", "b": "0 4 * * *"}
    folder.write("a", cron="0 6 * * *")
    with capture_logs() as logs:
        assert crons(again) == {"a": "0 6 * * *", "b": "0 4 * * *"}
    assert "all source files are right again" in [entry["event"] for entry in logs]


def test_a_file_that_was_never_right_is_left_out(folder: Folder) -> None:
    watched = folder.watched()
    watched.begin()
    folder.write("new", "name: new\n")
    with capture_logs() as logs:
        assert crons(watched) == AT
    assert [entry["source"] for entry in logs if entry["log_level"] == "warning"] == ["new"]


def test_a_start_with_a_file_that_was_never_right_names_it(folder: Folder) -> None:
    folder.write("new", "name: new\n")
    with pytest.raises(SourceErrors, match=r"new\.yaml: homepage: is missing|homepage"):
        folder.watched().begin()


def test_a_folder_that_cannot_be_read_keeps_everything(folder: Folder) -> None:
    watched = folder.watched()
    watched.begin()
    folder.path.rename(folder.path.with_name("away"))
    with capture_logs() as logs:
        assert crons(watched) is None
        assert crons(watched) is None
    assert [entry["log_level"] for entry in logs] == ["error"]
    folder.path.with_name("away").rename(folder.path)
    assert crons(watched) is None or crons(watched) == AT
    assert [source.name for source in watched.sources] == ["a", "b"]


def test_a_change_of_what_sources_build_on_is_followed(folder: Folder) -> None:
    defaults = folder.path.parent / "defaults.yaml"
    defaults.write_text("groups: {g: {concurrency: 2}}\nbases: {late: {timing: {jitter: 5m}, group: g}}\n")
    folder.write("a", "name: a\nhomepage: https://a.example/\nextends: late\n")
    watched = folder.watched()
    watched.begin()
    defaults.write_text("groups: {g: {concurrency: 1}}\nbases: {late: {timing: {jitter: 9m}, group: g}}\n")
    found = {table.source: table for table in watched.changed() or ()}
    assert (found["a"].jitter.seconds, found["a"].group, found["a"].most_in_group) == (540, "g", 1)
    defaults.write_text("bases: {late: {timing: {jitter: soon}}}\n")
    with capture_logs() as logs:
        stood = {table.source: table for table in watched.changed() or ()}
    assert stood == found
    assert [entry["log_level"] for entry in logs] == ["error"]
    # A restart, and the run's own process, read what it said when it was last right.
    assert {table.source: table for table in folder.watched().begin()} == found
    assert load_sources(folder.kept)[0].timing.jitter == 540


def test_only_the_file_that_changed_is_read_again(folder: Folder) -> None:
    watched = folder.watched()
    watched.begin()
    other = folder.path / "b.yaml"
    stamp, text = other.stat(), other.read_text()
    other.write_text("nonsense".ljust(len(text)))  # in place, and with the stamp it had
    os.utime(other, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    folder.write("a", cron="30 5 * * *")
    with capture_logs() as logs:
        assert crons(watched) == AT | {"a": "30 5 * * *"}
    assert [entry["event"] for entry in logs] == ["sources changed"]
    folder.write("b", cron="0 7 * * *")
    assert crons(watched) == {"a": "30 5 * * *", "b": "0 7 * * *"}
