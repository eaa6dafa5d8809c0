"""Runs the `dateline` command again and again, each time in a new process that has all imports behind it.

`python crawl_zygote.py` reads orders from standard input, one JSON object a line, and answers each with one.
A process is forked for each command, since a reactor can be started once in a process. Workers are forked
too, not spawned: importing the extractor anew costs a second, and here it is wanted a thousand times. Tests
of starting, signals and kills run the real command (`House.start`).
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import botocore.session
from boto3.session import Session
from scrapy.utils.misc import walk_modules_iter

from archive.stores.s3 import S3Store
from cli.main import run
from tests.end_to_end.faults import Fault, Plan

REPOSITORY = Path(__file__).parents[2]
S3_READ_SECONDS = 5.0
LONGEST_SECONDS = 600  # of one command
_IMPATIENT = "impatient"


@dataclass(frozen=True)
class Ended:
    """How a command ended: status, what it printed, the calls that its fault counted, if one failed."""

    status: int
    printed: str
    calls: int
    hit: bool


@dataclass
class Zygote:
    """The running process that has imported everything.

    Attributes:
        log: the file that a command prints to.
        impatient: one short try a call of S3, so that a fault reaches us and not only botocore's retries.
    """

    log: Path
    impatient: bool = False
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)
    _turn: Lock = field(default_factory=Lock, repr=False)

    def __enter__(self) -> Self:
        words = [_IMPATIENT] if self.impatient else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.crawl_zygote", *words],
            cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.communicate()

    def run(self, environment: Mapping[str, str], *words: str, fault: Fault | None = None) -> Ended:
        """Run a command in exactly this environment, perhaps under a fault."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {
            "words": words,
            "environment": dict(environment),
            "fault": astuple(fault) if fault else None,
            "log": str(self.log),
        }
        with self._turn:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
            return Ended(printed=self.log.read_text(errors="replace"), **answer)


# What a crawl imports late; not `twisted.internet.reactor`, which each process has to install for itself.
_IMPORTS = (
    "alembic.command", "alembic.op", "archive.catalog.migrate", "cli.account_print", "cli.commands",
    "cli.crawl",
    "crawler.start", "mako.ext.pygmentplugin", "pipelines.extract", "psycopg", "pygments.lexers.data",
    "rich.live", "scrapy.core.engine", "scrapy.core.scraper", "sqlalchemy.dialects.postgresql.psycopg",
)  # fmt: skip
_PACKAGES = ("scrapy.downloadermiddlewares", "scrapy.spidermiddlewares", "crawler.fetch", "crawler.guards")


def serve() -> None:
    for name in _IMPORTS:
        importlib.import_module(name)
    for name in _PACKAGES:
        list(walk_modules_iter(name))
    botocore.session.create_loader = cache(botocore.session.create_loader)  # its files are parsed here, once
    Session(aws_access_key_id="none", aws_secret_access_key="none").client("s3", region_name="us-east-1")
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("an import has installed a reactor, which no fork could replace")
    if _IMPATIENT in sys.argv:
        (S3Store.__init__.__kwdefaults__ or {}).update(attempts=1, read_timeout=S3_READ_SECONDS)
    for line in sys.stdin:
        order = json.loads(line)
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _carry_out(order, writer)
        os.close(writer)
        with os.fdopen(reader) as stream:
            told = stream.read()
        _, status = os.waitpid(pid, 0)
        answer = json.loads(told) if told else {"calls": 0, "hit": False}
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), **answer}), flush=True)


def _carry_out(order: dict[str, Any], report: int) -> None:
    """In the fork: one command, from the patching to the end of the process."""
    status, plan = 99, Plan(Fault("", "", 0))
    try:
        out = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(order["environment"])
        signal.alarm(LONGEST_SECONDS)
        os.register_at_fork(after_in_child=_hear_signals_alone)
        context = multiprocessing.get_context
        multiprocessing.get_context = lambda _method=None: context("fork")  # type: ignore[assignment]
        if order["fault"]:
            plan = Plan(Fault(*order["fault"]))
            plan.install()
        status = run(order["words"])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - the fork must never return into the loop
        traceback.print_exc()
    finally:
        os.write(report, json.dumps({"calls": plan.calls, "hit": plan.hit}).encode())
        os._exit(status)


def _hear_signals_alone() -> None:
    """In a forked worker: what it is told must not wake the command's event loop, whose descriptor it has."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


if __name__ == "__main__":
    serve()
