"""Three hosts made with network namespaces, a Ray cluster over them: one is killed, another cut off.

`python -m tests.cluster.two_hosts [HOSTS PAGES]`, as root. The first host has PostgreSQL, SeaweedFS, the
sites, the cluster's head and the driver; the other two have fetchers. In the middle of a crawl one of these
is killed with -9 and does not come back, and the other is cut off for a minute. Asserts that every address
has its outcome, that nothing is archived twice as a version, that no host was asked too soon by the server's
own log, and that the export is that of one machine. Addresses are in the namespaces alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from archive.catalog import parts, runs, versions
from archive.clock import SystemClock
from tests.end_to_end.house import COMMAND, REPOSITORY, House
from tests.end_to_end.small_site import SmallSite, feed, page, small_house, story
from tests.services.postgres import postgres
from tests.services.seaweedfs import REGION, seaweedfs

FIRST, NODES = "10.77.0.1", {"a": "10.77.0.2", "b": "10.77.0.3"}
DELAY, SLACK = (
    0.5,
    0.1,
)  # seconds; the slack is what the way to the server may take longer once than the next time
CUT_OFF = 60.0
PATIENCE = 1800.0
INSIDE = "--inside"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def network(name: str) -> Iterator[None]:
    """The namespaces `{name}-first`, `-a`, `-b` on one bridge; gone in the end."""
    spaces = [f"{name}-{host}" for host in ("first", *NODES)]
    first = spaces[0]
    try:
        for space in spaces:
            ip("netns", "add", space)
            ip("-n", space, "link", "set", "lo", "up")
        ip("-n", first, "link", "add", "bridge", "type", "bridge")
        ip("-n", first, "addr", "add", f"{FIRST}/24", "dev", "bridge")
        ip("-n", first, "link", "set", "bridge", "up")
        for host, address in NODES.items():
            space = f"{name}-{host}"
            ip(
                "-n",
                first,
                "link",
                "add",
                f"to-{host}",
                "type",
                "veth",
                "peer",
                "name",
                "eth",
                "netns",
                space,
            )
            ip("-n", first, "link", "set", f"to-{host}", "master", "bridge", "up")
            ip("-n", space, "addr", "add", f"{address}/24", "dev", "eth")
            ip("-n", space, "link", "set", "eth", "up")
        yield
    finally:
        for space in spaces:
            subprocess.run(["ip", "netns", "delete", space], check=False)


@dataclass
class Host:
    """One host with its own settings; its keeper starts `dateline cluster up` again whenever it ends."""

    name: str
    house: House
    space: str
    keeper: subprocess.Popen[bytes] | None = None

    def up(self, *words: str) -> None:
        command = " ".join([*COMMAND, "cluster", "up", *words])
        log = (self.house.folder / f"{self.name}.log").open("ab")
        own = self.house.folder / "ray"  # `ip netns exec` gives a view of the file system of its own, too
        own.mkdir(exist_ok=True)
        keep = f"while true; do {command}; sleep 2; done"
        if words:
            keep = f"mkdir -p /tmp/ray; mount --bind {own} /tmp/ray; {keep}"
        self.keeper = subprocess.Popen(
            ["ip", "netns", "exec", self.space, "sh", "-c", keep],
            env=self.house.environ, cwd=REPOSITORY, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def kill(self) -> None:
        """Everything that runs on this host, at once."""
        for _ in range(3):
            listed = subprocess.run(
                ["ip", "netns", "pids", self.space], capture_output=True, text=True, check=True
            )
            for pid in listed.stdout.split():
                subprocess.run(["kill", "-9", pid], check=False, stderr=subprocess.DEVNULL)
        if self.keeper is not None:
            self.keeper.wait()


def until(true: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > limit:
            raise TimeoutError(what)
        time.sleep(0.2)
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)


def fill(site: SmallSite, hosts: int, pages: int) -> dict[str, str]:
    """Sources by name, of hosts with a feed and so many pages each; some stories run at two hosts."""
    sources = {}
    for number in range(hosts):
        host = f"www.site{number}.test"
        town = [f"Town{number // 2 if n % 10 == 0 else number}x{n}" for n in range(pages)]
        stories = {f"/news/{n}": page(story(town[n])) for n in range(pages)}
        site.add(host, {**stories, "/feed": feed(site.url(host, path) for path in stories)})
        sources[f"s{number}"] = site.source(f"s{number}", host, f"politeness: {{delay: {DELAY}s}}\n")
    return sources


def told(house: House) -> tuple[list[Any], set[frozenset[str]]]:
    """What an export says of each version but where and when it was captured, and the clusters as sets."""
    out = house.folder / "export.jsonl"
    house.run("export", "--format", "jsonl", str(out))
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    clusters: dict[str, set[str]] = {}
    for line in lines:
        if line["cluster"] is not None:
            clusters.setdefault(line["cluster"], set()).add(line["url"])
    names = ("url", "source", "version", "events", "outcome", "title", "text", "byline", "language", "images")
    said = sorted([[line[name] for name in names] for line in lines], key=repr)
    return said, {frozenset(urls) for urls in clusters.values()}


def too_close(site: SmallSite, since: float) -> list[tuple[str, float]]:
    """Requests to a host that came sooner after the one before than they may."""
    visits: dict[str, list[tuple[float, str]]] = {}
    for visit in site.log:
        if visit.began >= since:
            visits.setdefault(visit.host, []).append((visit.began, visit.path))
    return [
        (f"{host}{path}", round(later - before, 3))
        for host, asked in visits.items()
        for (before, _), (later, path) in pairwise(sorted(asked))
        if later - before < DELAY - SLACK
    ]


def inside(space: str, hosts: int, pages: int) -> None:  # noqa: PLR0915 - a scene from beginning to end
    """Everything, seen from the first host."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-two-hosts-"))
    print(f"in {folder}", flush=True)
    with ExitStack() as stack:
        server = stack.enter_context(postgres(folder / "postgres", FIRST))
        s3 = stack.enter_context(seaweedfs(folder / "s3", FIRST))
        os.environ |= s3.environment
        s3.client.create_bucket(Bucket="cluster")
        site = stack.enter_context(SmallSite(address=FIRST))
        sources = fill(site, hosts, pages)
        names = [f"www.site{number}.test" for number in range(hosts)]

        def house(name: str, catalog: str, prefix: str, extra: str) -> House:
            made = small_house(
                folder / name, sources, hosts=names, catalog=catalog, store=f"s3://cluster/{prefix}",
                s3=f"endpoint: {s3.endpoint}, region: {REGION}", environment=s3.environment,
                crawl="segment_seconds: 5s",
            )  # fmt: skip
            (made.folder / "hosts").write_text("".join(f"{FIRST} {name}\n" for name in names))
            made.config.write_text(made.config.read_text() + extra)
            return made

        catalog = server.create_database()

        def of_cluster(name: str, node: str, fetchers: int) -> Host:
            number = 6400 + 100 * ["first", "a", "b"].index(name)
            extra = (
                f"engine: ray\ncluster: {{address: '{FIRST}:6379', node: {node}, ports: {number}, shards: 8,"
                f" fetchers: {fetchers}, token_file: {folder / 'token'}}}\n"
            )
            return Host(name, house(name, catalog, "many", extra), f"{space}-{name}")

        first = of_cluster("first", FIRST, 0)
        nodes = {name: of_cluster(name, address, 1) for name, address in NODES.items()}
        stack.callback(lambda: [host.kill() for host in nodes.values()])
        first.up()
        stack.callback(lambda: first.keeper and os.killpg(first.keeper.pid, 15))
        until((folder / "token").exists, "the first host has made a token")

        def machines() -> int:
            told = subprocess.run(
                [*COMMAND, "cluster", "status", "--json"], env=first.house.environ, cwd=REPOSITORY,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if told.returncode != 0:
                return 0
            try:
                return sum(one["alive"] for one in json.loads(told.stdout)["machines"])
            except ValueError:
                print(told.stdout, told.stderr, flush=True)
                raise

        until(lambda: machines() == 1, "the first host is up")
        for number, node in enumerate(nodes.values()):
            node.up("--join")
            until(lambda most=number + 2: machines() == most, f"host {node.name} is up")  # type: ignore[misc]
        began = time.monotonic()
        driver = first.house.start("crawl")
        archive = first.house.open()

        def pages_asked() -> int:
            return sum("/news/" in visit.path for visit in site.log)

        def holders() -> int:
            [run] = runs.newest_runs(archive.catalog) or [None]
            states = parts.states(archive.catalog, run.id, SystemClock()) if run else []
            return sum(state.holder is not None for state in states)

        until(
            lambda: holders() == 2 and pages_asked() > hosts * pages // 10, "both hosts have parts, and fetch"
        )
        nodes["b"].kill()
        print("host b is killed", flush=True)
        ip("link", "set", "to-a", "down")
        cut = time.monotonic()
        until(lambda: time.monotonic() - cut > CUT_OFF, "host a was cut off for a minute")
        ip("link", "set", "to-a", "up")
        printed, _ = driver.communicate(timeout=PATIENCE)
        print(printed[-1500:], f"{time.monotonic() - began:.0f} s", flush=True)
        assert driver.returncode == 0

        [run] = runs.newest_runs(archive.catalog)
        ledger = runs.ledger_of(archive.catalog, run.id)
        assert (run.status, len(ledger)) == ("done", hosts * pages)
        assert {row.outcome for row in ledger} == {"archived"}
        made = Counter(version.url for version in versions.every_version(archive.catalog))
        assert set(made.values()) == {1}
        assert len(made) == hosts * pages
        close = too_close(site, began)
        assert close == [], close[:10]
        asked = Counter((visit.host, visit.path) for visit in site.log if "/news/" in visit.path)
        again = sum(count - 1 for count in asked.values())
        print(f"{len(ledger)} pages, {again} asked for again, none too soon", flush=True)

        alone = house("alone", server.create_database(), "one", "")
        alone.run("crawl")
        said, clusters = told(first.house)
        assert (said, clusters) == told(alone)
        print(
            f"the export is that of one machine: {len(said)} versions, {len(clusters)} clusters", flush=True
        )
        assert first.house.problems() == []
        archive.close()


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        inside(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        size = sys.argv[1:3] or ["60", "100"]
        name = f"dl{os.getpid()}"
        with network(name):
            words = [sys.executable, "-m", "tests.cluster.two_hosts", INSIDE, name, *size]
            ended = subprocess.run(
                ["ip", "netns", "exec", f"{name}-first", *words], cwd=REPOSITORY, check=False
            )
        sys.exit(ended.returncode)
