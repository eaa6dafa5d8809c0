"""Hosts made of network namespaces, as root: each has a link to the cluster and one to the web."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LAN, WEB = "10.77.0", "10.78.0"  # the cluster's own network, and the one in which the sites are
FIRST, SITES = f"{LAN}.1", f"{WEB}.1"
NODES = {name: number for number, name in enumerate("abc", start=2)}
HOSTS = ("first", "web", *NODES)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@dataclass(frozen=True)
class Network:
    """The namespaces `{name}-first`, `-web`, `-a` and so on: two bridges, in the first and in the web's."""

    name: str

    def space(self, host: str) -> str:
        return f"{self.name}-{host}"

    def lan(self, host: str) -> str:
        """The address of a node in the cluster's network."""
        return f"{LAN}.{NODES[host]}"

    def web(self, host: str) -> str:
        """The address under which the sites know a host."""
        return f"{WEB}.{NODES.get(host, 254)}"

    def cut(self, host: str, *, web: bool) -> None:
        """Pull the cable of a node to the cluster; `web`: that to the sites, too."""
        self._set(host, "down", web=web)

    def mend(self, host: str) -> None:
        """Put all cables of a node back."""
        self._set(host, "up", web=True)

    def _set(self, host: str, state: str, *, web: bool) -> None:
        for end in ("first", "web") if web else ("first",):
            ip("-n", self.space(end), "link", "set", f"to-{host}", state)

    def kill(self, host: str) -> None:
        """Everything that runs on a host, at once, with -9."""
        for _ in range(50):
            words = ["ip", "netns", "pids", self.space(host)]
            listed = subprocess.run(words, capture_output=True, text=True, check=False)
            found = [int(pid) for pid in listed.stdout.split() if int(pid) != os.getpid()]
            if not found:
                return
            for pid in found:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.05)

    def make(self) -> None:
        for host in HOSTS:
            ip("netns", "add", self.space(host))
            ip("-n", self.space(host), "link", "set", "lo", "up")
        for end, address in (("first", FIRST), ("web", SITES)):
            ip("-n", self.space(end), "link", "add", "bridge", "type", "bridge")
            ip("-n", self.space(end), "addr", "add", f"{address}/24", "dev", "bridge")
            ip("-n", self.space(end), "link", "set", "bridge", "up")
        for host in NODES:
            self._link("first", host, "lan", self.lan(host))
        for host in ("first", *NODES):
            self._link("web", host, "sites", self.web(host))

    def _link(self, end: str, host: str, device: str, address: str) -> None:
        at, here = self.space(end), self.space(host)
        ip("-n", at, "link", "add", f"to-{host}", "type", "veth", "peer", "name", device, "netns", here)
        ip("-n", at, "link", "set", f"to-{host}", "master", "bridge", "up")
        ip("-n", here, "addr", "add", f"{address}/24", "dev", device)
        ip("-n", here, "link", "set", device, "up")

    def remove(self) -> None:
        for host in HOSTS:
            self.kill(host)
            subprocess.run(["ip", "netns", "delete", self.space(host)], check=False)


@contextmanager
def network(name: str) -> Iterator[Network]:
    """The hosts; whatever runs on them is killed in the end."""
    made = Network(name)
    try:
        made.make()
        yield made
    finally:
        made.remove()
