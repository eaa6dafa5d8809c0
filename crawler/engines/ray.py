"""Fetchers on every machine of a Ray cluster; the only file that imports Ray, and only when it is used.

Ray places and watches, nothing else: which part of a run is whose stands in the catalog. So a head that dies
takes no work with it, and a machine that Ray has given up and that lives on does no harm.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.cluster_settings import FETCHER_PORTS, ClusterSettings
from config.errors import ConfigError, ServiceUnreachable
from crawler.engines.engine import EndedFetcher

NAMESPACE = "dateline"
FETCHER = "dateline_fetcher"  # a machine has so many of this resource as fetchers may run there
WORKER = "dateline_worker"  # and so many of this one as it has processors, for work over the archive
WORDS = "FETCHER_OPTIONS"  # a variable of each machine: options of `dateline` there, one a line
_POLL_SECONDS = 20.0
_OBJECTS = 100 << 20  # bytes; the least that Ray takes is 75 MiB


def require_ray() -> None:
    """Raise ConfigError if Ray is not installed."""
    if find_spec("ray") is None:
        raise ConfigError("engine: ray needs the extra `dateline[cluster]`: pip install 'dateline[cluster]'")


def ray_environment(cluster: ClusterSettings) -> dict[str, str]:
    """What Ray reads from the environment: that machines show a token, and that nobody is told of them."""
    return {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(cluster.token_file),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }


def ports_of(cluster: ClusterSettings) -> dict[str, str]:
    """Ray's options for the ports of one machine: what each is for → number or range."""
    first = cluster.ports
    return {
        "node-manager-port": f"{first}",
        "object-manager-port": f"{first + 1}",
        "runtime-env-agent-port": f"{first + 2}",
        "dashboard-agent-grpc-port": f"{first + 3}",
        "dashboard-agent-listen-port": f"{first + 4}",
        "metrics-export-port": f"{first + 5}",
        "min-worker-port": f"{first + 10}",
        "max-worker-port": f"{first + 10 + FETCHER_PORTS - 1}",
    }


def start_words(cluster: ClusterSettings, *, head: bool) -> list[str]:
    """The `ray start` of this machine, which stays in the foreground."""
    port = str(cluster.address).rpartition(":")[2]
    place = (
        ["--head", f"--port={port}", "--include-dashboard=false"]
        if head
        else [f"--address={cluster.address}"]
    )
    node = [] if cluster.node is None else [f"--node-ip-address={cluster.node}"]
    ports = [f"--{name}={value}" for name, value in ports_of(cluster).items()]
    # No processors: else it would keep a process ready for each, and a third of the memory for results.
    room = [
        f'--resources={{"{FETCHER}": {cluster.fetchers}, "{WORKER}": {_processors()}}}',
        "--num-cpus=0",
        f"--object-store-memory={_OBJECTS}",
    ]
    rest = ["--disable-usage-stats", "--block"]
    return [str(Path(sys.executable).with_name("ray")), "start", *place, *node, *ports, *room, *rest]


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def check_token(cluster: ClusterSettings, *, there: bool = True) -> None:
    """Raise ServiceUnreachable if the cluster wants another token, or does not answer.

    Ray itself would go on for a quarter of an hour, and then show where in it that ended. With `there` false
    the cluster may come later.
    """
    require_ray()
    os.environ.update(ray_environment(cluster))
    from ray._raylet import GcsClient  # type: ignore[attr-defined] # noqa: PLC0415 - as Ray; it is compiled
    from ray.exceptions import AuthenticationError, RpcError  # noqa: PLC0415 - as Ray

    try:
        GcsClient(address=cluster.address)
    except AuthenticationError as error:
        raise ServiceUnreachable(
            f"the cluster at {cluster.address} wants another token than that in {cluster.token_file} "
            "(cluster.token_file): copy the first machine's"
        ) from error
    except RpcError as error:
        if there:
            raise ServiceUnreachable(
                f"the cluster at {cluster.address} does not answer: is `dateline cluster up` running there, "
                "do both sides have RAY_USE_TLS or neither, and may this machine reach its ports?"
            ) from error


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster; `fetchers`: how many it has room for."""

    id: str
    address: str
    alive: bool
    fetchers: int


def connect(cluster: ClusterSettings) -> Any:
    """Ray, connected as a program of this machine, which must be part of the cluster.

    Raises ConfigError if Ray is not installed, ServiceUnreachable if this machine is part of no cluster, or
    another token is asked for.
    """
    check_token(cluster)
    import ray  # noqa: PLC0415 - a second, which only this engine pays

    if not ray.is_initialized():
        try:
            ray.init(
                address=cluster.address, namespace=NAMESPACE, log_to_driver=False, configure_logging=False
            )
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise ServiceUnreachable(
                f"the cluster at {cluster.address} does not answer this machine: {str(error)[:300]}; start "
                "`dateline cluster up` here, and look at its token file and ports"
            ) from error
    return ray


def nodes(ray: Any) -> list[Node]:
    """The machines that the cluster has, or had until a moment ago."""
    return [
        Node(
            str(one["NodeID"]),
            str(one["NodeManagerAddress"]),
            bool(one["Alive"]),
            int(one["Resources"].get(FETCHER, 0)),
        )
        for one in ray.nodes()
    ]


class Fetcher:
    """What an actor does: one child process at a time, since a reactor can be started once in a process.

    The child is `dateline crawl --part-of RUN` with the settings of the machine that it is on.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def carry(self, run_id: str, words: Sequence[str], environment: Mapping[str, str]) -> int:
        """Start a child and wait for its end; the result is its exit status.

        A child that an earlier driver has started is waited for first.
        """
        if self._child is None or self._child.poll() is not None:
            own = os.environ.get(WORDS, "").splitlines()
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "cli", *own, *words, "--part-of", run_id],
                env=os.environ | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                process_group=0,
            )
        return self._child.wait()

    def stop(self) -> None:
        """Ask the child to end."""
        if self._child is not None and self._child.poll() is None:
            with suppress(ProcessLookupError):
                self._child.send_signal(signal.SIGTERM)


class RayEngine:
    """One detached actor a place, named `fetch-{machine}-{number}`; an `Engine`.

    An actor belongs to its machine, and is gone with it: the part that it had is another's when its lease has
    run out. One that dies alone is started again there. A machine that joins has places at the next look.
    """

    def __init__(
        self, cluster: ClusterSettings, words: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        """Connect; `words` and `environment`: of each child, beside what its machine gives it."""
        self._ray = connect(cluster)
        self._words, self._environment = list(words), dict(environment)
        self._actors: dict[str, Any] = {}
        self._running: dict[Any, str] = {}  # what is waited for → slot

    @property
    def slots(self) -> Sequence[str]:
        alive = (node for node in nodes(self._ray) if node.alive)
        return tuple(f"fetch-{node.id}-{number}" for node in alive for number in range(node.fetchers))

    def start(self, slot: str, run_id: str) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415 - as Ray

        node = slot.split("-")[1]
        options = {
            "name": slot,
            "namespace": NAMESPACE,
            "lifetime": "detached",
            "get_if_exists": True,
            "max_restarts": -1,
            "max_concurrency": 2,  # `stop` is heard while `carry` waits
            "num_cpus": 0,
            "resources": {FETCHER: 1},
            "scheduling_strategy": NodeAffinitySchedulingStrategy(node, soft=False),
        }
        actor = self._ray.remote(Fetcher).options(**options).remote()
        self._actors[slot] = actor
        self._running[actor.carry.remote(run_id, self._words, self._environment)] = slot

    def ended(self) -> list[EndedFetcher]:
        if not self._running:
            return []
        ready, _ = self._ray.wait(list(self._running), num_returns=len(self._running), timeout=0)
        return [self._told(reference) for reference in ready]

    def _told(self, reference: Any) -> EndedFetcher:
        slot = self._running.pop(reference)
        try:
            return EndedFetcher(slot, int(self._ray.get(reference)))
        except self._ray.exceptions.RayError as error:
            self._actors.pop(slot, None)
            return EndedFetcher(slot, None, f"its actor is gone: {str(error).splitlines()[0]}")

    def stop(self) -> None:
        for slot in self._running.values():
            self._actors[slot].stop.remote()

    def close(self) -> None:
        self.stop()
        while self._running:
            self._ray.wait(list(self._running), num_returns=len(self._running), timeout=_POLL_SECONDS)
            self.ended()
        for actor in self._actors.values():
            self._ray.kill(actor)
        self._actors = {}
        self._ray.shutdown()
