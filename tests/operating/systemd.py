"""As much of systemd as the guide asks for: it starts what the unit files say, as this user, and stops it.

The settings of a unit that shut it in (`ProtectSystem` and so on) are left to `systemd-analyze verify`.
"""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
from collections.abc import Mapping
from configparser import ConfigParser
from pathlib import Path

from tests.services import keeper

STOP_SECONDS = 120


class Systemd:
    """Units in a folder; `nginx.service` is the distribution's, and given by `add`."""

    def __init__(self, units: Path, logs: Path, environment: Mapping[str, str]) -> None:
        self._units, self._logs, self._environment = units, logs, dict(environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._others: dict[str, tuple[list[str], list[str]]] = {}  # how it is started, and how reloaded
        logs.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, command: list[str], reload: list[str]) -> None:
        """A service that the distribution brings, running."""
        self._others[name] = (command, reload)
        self._start(name)

    def call(self, words: list[str]) -> tuple[int, str]:
        """`systemctl …` or `journalctl --unit …`: status and what is printed."""
        program, *rest = words
        flags = [word for word in rest if word.startswith("-")]
        if program == "journalctl":
            name = rest[rest.index("--unit") + 1]
            return 0, self._log(_service(name)).read_text()
        verb, *names = [word for word in rest if not word.startswith("-")]
        if verb == "daemon-reload":
            return 0, ""
        for name in map(_service, names):
            status, said = self._verb(verb, name, now="--now" in flags)
            if status:
                return status, said
        return 0, ""

    def stop_all(self) -> None:
        """Stop every service."""
        for name in list(self._running):
            self._stop(name)

    def _verb(self, verb: str, name: str, *, now: bool) -> tuple[int, str]:
        if name.endswith(".timer"):
            unit = _read(self._units / name)  # it is for a service that is there
            known = (self._units / name.replace(".timer", ".service")).exists()
            return (0, "") if known and unit["Timer"]["OnCalendar"] else (5, f"no service for {name}")
        verbs = {"start": self._start, "stop": self._stop, "reload": self._reload, "status": self._status}
        return verbs["start" if verb == "enable" and now else verb](name)

    def _reload(self, name: str) -> tuple[int, str]:
        done = subprocess.run(self._others[name][1], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def _status(self, name: str) -> tuple[int, str]:
        alive = name in self._running and self._running[name].poll() is None
        return (0, "active") if alive else (3, self._log(name).read_text())

    def _start(self, name: str) -> tuple[int, str]:
        if name in self._others:
            self._running[name] = self._keep(name, self._others[name][0], {})
            return 0, ""
        template, instance = re.sub(r"@.*(?=\.service)", "@", name), name.partition("@")[2]
        unit = _read(self._units / template)
        service = unit["Service"]
        command = _command(service["ExecStart"], instance.removesuffix(".service"))
        environment = _environment(service.get("EnvironmentFile"))
        if service.get("Type") != "oneshot":
            self._running[name] = self._keep(name, command, environment)
            return 0, ""
        with self._log(name).open("ab") as log:
            ended = subprocess.run(
                command, env=self._environment | environment, stdout=log, stderr=log, check=False
            )
        after = unit["Unit"].get("OnFailure", "").replace("%n", name)
        if ended.returncode and after:
            self._start(after)
        return ended.returncode, self._log(name).read_text()

    def _stop(self, name: str) -> tuple[int, str]:
        """SIGTERM to the service alone (`KillMode=mixed`), then wait for its end."""
        running = self._running.pop(name, None)
        if running is not None and running.poll() is None:
            keeper.stop(running, STOP_SECONDS)
        return 0, ""

    def _keep(self, name: str, command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        wanted = self._environment | dict(environment)
        words = ["/usr/bin/env", "--ignore-environment", *(f"{key}={value}" for key, value in wanted.items())]
        return keeper.start(
            [*words, *command], log=self._log(name), cwd=self._logs, stop=signal.SIGTERM, grace=STOP_SECONDS
        )

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def _service(name: str) -> str:
    return name if name.endswith((".service", ".timer")) else f"{name}.service"


def _read(path: Path) -> ConfigParser:
    parsed = ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    if not parsed.read(path):
        raise FileNotFoundError(path)
    return parsed


def _command(line: str, instance: str) -> list[str]:
    """The words of an `ExecStart`, with `%i` and `$$` as systemd reads them."""
    return [word.replace("%i", instance).replace("$$", "$") for word in shlex.split(line)]


def _environment(file: str | None) -> dict[str, str]:
    """The variables of an `EnvironmentFile`."""
    if file is None:
        return {}
    lines = Path(file.removeprefix("-")).read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith(("#", ";")))
    return {name: value for name, _, value in pairs}
