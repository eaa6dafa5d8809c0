"""Hosts made with network namespaces, a Ray cluster over them: one is killed, another is cut off, twice.

`python -m tests.cluster.two_hosts [HOSTS PAGES [CUT]]`, as root. The first host has PostgreSQL, SeaweedFS,
the cluster's head and the driver; a, b and c have fetchers; the sites are on the web, which each reaches by a
link of its own. In the middle of a crawl by a and b, b is killed with -9 and does not come back, and a is cut
off from everything for CUT seconds (60). Then c joins, and a is cut off once more: from the cluster alone,
for longer than its leases last, while it could go on to ask the sites.

Asserts that every address has one outcome, that nothing makes a version twice, that no host is asked too soon
by the server's own log, that who is cut off stops before its lease ends, and that the export is that of one
machine. Addresses are in the namespaces alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.catalog import leases, parts, runs, versions
from archive.clock import SystemClock
from archive.held_leases import SECONDS
from archive.opening import Archive
from tests.cluster.namespaces import FIRST, NODES, SITES, Network, network
from tests.cluster.sites import Asked, asked, host_of, spacing
from tests.end_to_end.house import COMMAND, REPOSITORY, House
from tests.end_to_end.small_site import SmallSite, small_house
from tests.services.postgres import postgres
from tests.services.seaweedfs import REGION, SeaweedFS, seaweedfs

DELAY = 0.5  # seconds between two requests to a host
SLACK = 0.01  # of a way that may take longer for one request than for the next, seconds
CUT_OFF = 60.0
PATIENCE = 1800.0
SHARDS = 8
INSIDE = "--inside"
# What differs between two archives of the same pages: when and by which run a page was fetched, where its
# bytes lie, and which of several copies came first. `cluster` is compared as the set of its addresses.
LEFT_OUT = frozenset({"captured_at", "run", "article", "capture", "cluster", "duplicate_of", "likeness"})


def say(*words: object) -> None:
    print(time.strftime("%H:%M:%S"), *words, flush=True)


@dataclass
class Host:
    """One host with its own settings; its keeper starts `dateline cluster up` again whenever it ends."""

    name: str
    house: House
    space: str
    keeper: subprocess.Popen[bytes] | None = None

    def up(self, *words: str) -> None:
        """Start it; where Ray keeps its files is its own, as on a machine of its own."""
        command = " ".join([*COMMAND, "cluster", "up", *words])
        keep = f"while true; do {command}; sleep 2; done"
        if self.name != "first":  # there we are ourselves
            keep = f"{own_ray(self.house.folder)} && {keep}"
        with (self.house.folder / "log").open("ab") as log:
            self.keeper = subprocess.Popen(
                ["ip", "netns", "exec", self.space, "sh", "-c", keep],
                env=self.house.environ, cwd=REPOSITORY, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip


def own_ray(folder: Path) -> str:
    """The shell's words that give /tmp/ray a folder of its own; `ip netns exec` has its own mounts."""
    return f"mkdir -p /tmp/ray {folder}/ray && mount --bind {folder}/ray /tmp/ray"


@dataclass
class Scene:
    """What happens, seen from the first host."""

    net: Network
    folder: Path
    hosts: int
    pages: int
    s3: SeaweedFS
    port: int

    def house(self, name: str, catalog: str, prefix: str, extra: str = "") -> House:
        """Settings of a host, or of the one machine."""
        site = SmallSite(port=self.port)
        names = [host_of(number) for number in range(self.hosts)]
        polite = f"politeness: {{delay: {DELAY}s}}\n"
        sources = {f"s{n}": site.source(f"s{n}", name, polite) for n, name in enumerate(names)}
        made = small_house(
            self.folder / name, sources, hosts=names, catalog=catalog, store=f"s3://cluster/{prefix}",
            s3=f"endpoint: {self.s3.endpoint}, region: {REGION}", environment=self.s3.environment,
            crawl="segment_seconds: 5s",
        )  # fmt: skip
        (made.folder / "hosts").write_text("".join(f"{SITES} {name}\n" for name in names))
        made.config.write_text(made.config.read_text() + extra)
        return made

    def host(self, name: str, catalog: str) -> Host:
        """A host of the cluster; the first one has no fetcher."""
        node, fetchers = (FIRST, 0) if name == "first" else (self.net.lan(name), 1)
        extra = (
            f"engine: ray\ncluster: {{address: '{FIRST}:6379', node: {node}, shards: {SHARDS},"
            f" fetchers: {fetchers}, token_file: {self.folder / 'token'}}}\n"
        )
        return Host(name, self.house(name, catalog, "many", extra), self.net.space(name))

    def log(self) -> list[Asked]:
        return asked(self.folder)

    def of(self, name: str) -> list[Asked]:
        """What a host has asked for."""
        return [one for one in self.log() if one.peer == self.net.web(name)]


@dataclass
class Crawling:
    """A crawl that goes on."""

    scene: Scene
    archive: Archive
    driver: subprocess.Popen[str]

    @property
    def run_id(self) -> str:
        return next((run.id for run in runs.newest_runs(self.archive.catalog)), "")

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait; the crawl must not be at its end before."""
        until(true, what, alive=self.driver)

    def holders(self) -> dict[int, str]:
        """Who has which part."""
        found = parts.states(self.archive.catalog, self.run_id, SystemClock()) if self.run_id else []
        return {state.shard: state.holder for state in found if state.holder is not None}

    def fetch(self, *names: str) -> bool:
        """Whether each of these hosts has asked for something in the last seconds."""
        lately, now = self.scene.log(), time.monotonic()
        return all(
            any(one.peer == self.scene.net.web(name) and now - one.at < 5 * DELAY for one in lately)
            for name in names
        )


def until(
    true: Callable[[], bool], what: str, alive: subprocess.Popen[str] | None = None, every: float = 0.2
) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        if alive is not None and alive.poll() is not None:
            raise AssertionError(f"the crawl ended before {what}: {alive.communicate()[0][-3000:]}")
        if time.monotonic() > limit:
            raise TimeoutError(what)
        time.sleep(every)
    say(what)


def machines(house: House) -> int:
    """How many machines the cluster has now, as `cluster status` says; 0 if it does not answer."""
    words = [*COMMAND, "cluster", "status", "--json"]
    told = subprocess.run(
        words, env=house.environ, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if told.returncode != 0:
        return 0
    return sum(one["alive"] for one in json.loads(told.stdout)["machines"])


def lost(crawling: Crawling, seconds: float) -> None:
    """Host b is killed, host a cut off from everything."""
    scene, few = crawling.scene, crawling.scene.hosts * crawling.scene.pages // 10
    crawling.until(
        lambda: len(crawling.holders()) == 2 and len(scene.log()) > few and crawling.fetch("a", "b"),
        "both hosts have parts, and fetch",
    )
    scene.net.kill("b")
    scene.net.cut("a", web=True)
    say("host b is killed; host a is cut off from everything")
    cut = time.monotonic()
    crawling.until(lambda: time.monotonic() - cut > seconds, f"host a was cut off for {seconds:g} s")
    scene.net.mend("a")


def stands_alone(crawling: Crawling) -> None:
    """Host a is cut off from the cluster, for longer than its leases last; the sites it can reach."""
    scene = crawling.scene
    crawling.until(lambda: crawling.fetch("a", "c"), "hosts a and c fetch")
    cut = time.monotonic()
    scene.net.cut("a", web=False)
    say("host a is cut off from the cluster, and not from the sites")
    time.sleep(0.5)  # what had been said by then is in the catalog
    catalog = crawling.archive.catalog
    mine = {one.host for one in scene.of("a") if cut - one.at < SECONDS}
    ends = {host: _ends(catalog, f"{host}:{scene.port}") for host in mine}
    until(lambda: time.monotonic() - cut > SECONDS + 10, "the leases of host a are over")
    scene.net.mend("a")
    after = [one for one in scene.of("a") if cut < one.at < cut + SECONDS + 10]
    last = max((one.at for one in after), default=cut)
    late = [one for one in after if one.at > ends[one.host]]
    assert late == [], "host a went on after its lease"
    say(
        f"host a asked {len(after)} times more, the last time {last - cut:.1f} s after the cut; its leases "
        f"lasted until {min(ends.values()) - cut:.0f} to {max(ends.values()) - cut:.0f} s after it"
    )


def _ends(catalog: Any, host: str) -> float:
    """The monotonic moment at which the lease on a host ends."""
    found = leases.last_holder(catalog, f"host:{host}")
    return time.monotonic() + (found[1].timestamp() - time.time() if found is not None else 0.0)


def check_account(crawling: Crawling) -> None:
    """Every address has one outcome, and made one version."""
    scene, catalog = crawling.scene, crawling.archive.catalog
    [run] = runs.newest_runs(catalog)
    ledger = runs.ledger_of(catalog, run.id)
    port = f":{scene.port}"
    served = {
        f"http://{host_of(number)}{port}/news/{n}"
        for number in range(scene.hosts)
        for n in range(scene.pages)
    }
    outcomes = Counter(f"{row.outcome}({row.reason})" if row.reason else str(row.outcome) for row in ledger)
    say(f"run {run.status}: {len(ledger)} addresses of {len(served)}, outcomes {dict(outcomes)}")
    assert run.status == "done"
    urls = Counter(row.url for row in ledger)
    assert urls == dict.fromkeys(served, 1), sorted(served ^ set(urls))[:5]
    assert set(outcomes) == {"archived"}
    made = Counter(version.url for version in versions.every_version(catalog))
    assert made == dict.fromkeys(served, 1)
    fetched = Counter((one.host, one.path) for one in scene.log() if "/news/" in one.path)
    again = sum(count - 1 for count in fetched.values())
    say(f"versions: {made.total()}, of no page two; {again} pages were fetched again, after a loss")


def told(house: House) -> tuple[list[str], set[frozenset[str]]]:
    """What an export says of each version, less `LEFT_OUT`, and the clusters as sets."""
    out = house.folder / "export.jsonl"
    house.run("export", "--format", "jsonl", str(out))
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    clusters: dict[str, set[str]] = {}
    for line in lines:
        if line["cluster"] is not None:
            clusters.setdefault(line["cluster"], set()).add(line["url"])
    said = [{name: value for name, value in line.items() if name not in LEFT_OUT} for line in lines]
    return sorted(json.dumps(one, sort_keys=True) for one in said), set(map(frozenset, clusters.values()))


def check_export(many: House, alone: House) -> None:
    """The export is that of one machine."""
    began = time.monotonic()
    printed, _ = (driver := alone.start("crawl")).communicate(timeout=PATIENCE)
    assert driver.returncode == 0, printed
    say(f"one machine took {time.monotonic() - began:.0f} s")
    (said, clusters), (theirs, others) = told(many), told(alone)
    assert said == theirs, [pair for pair in zip(said, theirs, strict=False) if pair[0] != pair[1]][:1]
    assert clusters == others, clusters ^ others
    assert len(clusters) > 1
    say(f"export: {len(said)} equal lines but for {sorted(LEFT_OUT)}; {len(clusters)} equal clusters")


def play(scene: Scene, hosts: Mapping[str, Host], alone: House, cut: float) -> None:
    """The scene from beginning to end."""
    first = hosts["first"]
    first.up()
    until((scene.folder / "token").exists, "the first host has made a token")
    until(lambda: machines(first.house) == 1, "the first host is up", every=3)
    for name in "ab":
        hosts[name].up("--join")
    until(lambda: machines(first.house) == 3, "hosts a and b are up", every=3)
    began = time.monotonic()
    driver, archive = first.house.start("crawl"), first.house.open()
    try:
        crawling = Crawling(scene, archive, driver)
        lost(crawling, cut)
        hosts["c"].up("--join")
        stands_alone(crawling)
        printed, _ = driver.communicate(timeout=PATIENCE)
        assert driver.returncode == 0, printed[-3000:]
        say(f"the crawl ended after {time.monotonic() - began:.0f} s")
        check_account(crawling)
        say(spacing(scene.log(), DELAY, SLACK))
        (scene.folder / "log").rename(scene.folder / "log-of-many")
        check_export(first.house, alone)
        assert first.house.problems() == []
        say("verify finds nothing")
    finally:
        driver.kill()
        archive.close()


def inside(name: str, folder: Path, hosts: int, pages: int, cut: float) -> None:
    """Everything, seen from the first host."""
    net = Network(name)
    say("in", folder)
    subprocess.run(["sh", "-c", own_ray(folder)], check=True)
    with ExitStack() as stack:
        server = stack.enter_context(postgres(folder / "postgres", FIRST))
        s3 = stack.enter_context(seaweedfs(folder / "s3", FIRST))
        os.environ |= s3.environment
        s3.client.create_bucket(Bucket="cluster")
        words = ["tests.cluster.sites", str(folder), SITES, str(hosts), str(pages)]
        subprocess.Popen(
            ["ip", "netns", "exec", net.space("web"), sys.executable, "-m", *words], cwd=REPOSITORY
        )
        until((folder / "port").exists, "the sites answer")
        scene = Scene(net, folder, hosts, pages, s3, int((folder / "port").read_text()))
        catalog = server.create_database()
        all_hosts = {name: scene.host(name, catalog) for name in ("first", *NODES)}
        alone = scene.house("alone", server.create_database(), "one")
        play(scene, all_hosts, alone, cut)


def main(arguments: Sequence[str]) -> int:
    size = [*arguments, *["60", "100", str(CUT_OFF)][len(arguments) :]]
    folder = Path(tempfile.mkdtemp(prefix="dateline-two-hosts-"))
    with network(f"dl{os.getpid()}") as net:
        words = [sys.executable, "-m", "tests.cluster.two_hosts", INSIDE, net.name, str(folder), *size]
        space = net.space("first")
        status = subprocess.run(
            ["ip", "netns", "exec", space, *words], cwd=REPOSITORY, check=False
        ).returncode
    if status == 0:  # what went wrong is left to be looked at
        shutil.rmtree(folder)
    return status


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        inside(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), float(sys.argv[6]))
    else:
        sys.exit(main(sys.argv[1:]))
