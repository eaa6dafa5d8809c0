"""A machine for the guide: a folder in which its files stand, a shell for its commands, and its services.

The guide's paths, names and addresses are those of a machine of its own. `Machine.here` says what stands for
each on this one, and nothing else of a command is changed. Programs that need root or another user are
replaced by the few lines of `_STAND_INS`; nginx, PostgreSQL, S3, pip, curl, openssl and Dateline are real.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.operating.systemd import Systemd

ROOTS = ("/opt/dateline", "/etc/dateline", "/etc/systemd/system", "/etc/nginx", "/etc/prometheus")
ROOTS += ("/var/lib/dateline", "/var/backups/dateline", "/usr/local/bin")

_STAND_INS = {
    "apt-get": "exit 0",  # what it would install is there: the tests need it anyway
    "useradd": "exit 0",
    "chown": "exit 0",
    "runuser": 'shift; user=$1; shift 2; [ "$user" = dateline ] || export PGUSER="$user"; exec "$@"',
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    printed: str


@dataclass
class Machine:
    """One machine.

    Attributes:
        folder: everything of it lies here.
        here: what stands for the guide's own names, replaced in this order in commands and files.
        programs: folders of programs that go before those of the PATH.
        environment: of its shell.
    """

    folder: Path
    here: Mapping[str, str]
    programs: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for root in (*ROOTS, "/etc/nginx/conf.d", "/bin"):
            (self.folder / root[1:]).mkdir(parents=True, exist_ok=True)
        (self.folder / "opt/dateline").rmdir()  # its environment is made by the guide
        for name, lines in _STAND_INS.items():
            self.program(name, lines)
        self.systemd = Systemd(self.folder / "etc/systemd/system", self.folder / "log", self.environ)

    def __enter__(self) -> Self:
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.source,
            env=self.environ,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.systemd.stop_all()
        self._shell.kill()
        for pipe in (self._shell.stdin, self._shell.stdout):
            if pipe is not None:
                pipe.close()
        self._shell.wait()

    @property
    def source(self) -> Path:
        """The release, unpacked: where the shell begins."""
        return self.folder / "usr/src/dateline"

    @property
    def environ(self) -> dict[str, str]:
        """What its programs find in their environment."""
        kept = {
            name: value for name, value in os.environ.items() if name == "HOME" or name.startswith("PIP_")
        }
        path = [self.folder / "bin", self.folder / "usr/local/bin", *self.programs, os.environ["PATH"]]
        return {
            **kept,
            **self.environment,
            "PATH": os.pathsep.join(map(str, path)),
        }

    def program(self, name: str, lines: str) -> None:
        """Put a program of a few lines of shell before all others of its name."""
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o755)

    def unpack(self, repository: Path, *names: str) -> None:
        """Copy some of the repository to where the guide begins; what lies in `deploy` names this machine."""
        self.source.mkdir(parents=True)
        compiled = shutil.ignore_patterns("__pycache__")
        for name in names:
            if (repository / name).is_dir():
                shutil.copytree(repository / name, self.source / name, ignore=compiled)
            else:
                shutil.copy2(repository / name, self.source / name)
        for path in (self.source / "deploy").iterdir():
            path.write_text(self.told(path.read_text()))

    def told(self, text: str) -> str:
        """A text of the guide with this machine's names."""
        for name, ours in self.here.items():
            text = text.replace(name, ours)
        for root in ROOTS:
            text = text.replace(root, f"{self.folder}{root}")
        return text

    def write(self, path: str, text: str) -> None:
        """Write a file as the guide says."""
        Path(self.told(path)).write_text(self.told(text))

    def give(self, command: str) -> Ended:
        """Give a command to the shell, or to systemd; how it ended."""
        words = shlex.split(command, comments=True)
        if words[:1] in (["systemctl"], ["journalctl"]):
            return Ended(*self.systemd.call(words))
        mark = secrets.token_hex(8)
        shell_in, shell_out = self._pipes()
        shell_in.write(f"{{ {self.told(command)}\n}} </dev/null\nprintf '\\n%s %s\\n' {mark} $?\n")
        shell_in.flush()
        printed = []
        for line in shell_out:
            if line.startswith(mark):
                return Ended(int(line.split()[1]), "".join(printed).rstrip("\n"))
            printed.append(line)
        raise RuntimeError(f"the shell ended with {command!r}: {''.join(printed)}")

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        if self._shell.stdin is None or self._shell.stdout is None:
            raise RuntimeError("the shell was started without pipes")
        return self._shell.stdin, self._shell.stdout
