"""The files in `deploy/` are taken by the programs they are for, and do what the guide says of them."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from config.settings import load_settings
from config.yaml_file import read_yaml_file
from tests.docs.markdown import ROOT
from tests.operating.guide import steps
from tests.operating.nginx import main_file, nginx_program
from tests.services import keeper
from tests.services.seaweedfs import free_ports
from web import metrics

DEPLOY = ROOT / "deploy"
ARCHIVE, REPLAY = "archive.example.org", "replay.example.net"
SECONDS = 60.0


@contextmanager
def origin(name: str) -> Iterator[int]:
    """A server that answers with what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = (name, self.path, self.headers["Host"], self.headers.get("Authorization", ""))
            body = "\n".join(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, int], ssl.SSLContext]]:
    """The real nginx with `deploy/nginx.conf`, before two servers that tell what they are asked."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "conf.d").mkdir()
    (folder / "nginx.conf").write_text(main_file(folder))
    certificates_as_the_guide_makes_them(folder)
    ports = free_ports("tls", "plain")
    with origin("api") as api, origin("replay") as replay:
        text = (DEPLOY / "nginx.conf").read_text()
        for ours, here in (
            ("127.0.0.1:8080", f"127.0.0.1:{api}"),
            ("127.0.0.1:8081", f"127.0.0.1:{replay}"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{ports['tls']} ssl;"),
            ("listen 80;", f"listen 127.0.0.1:{ports['plain']};"),
            ("/etc/dateline/tls", str(folder)),
        ):
            assert ours in text
            text = text.replace(ours, here)
        (folder / "conf.d" / "dateline.conf").write_text(re.sub(r"listen \[::\].*;", "", text))
        words = [nginx_program(), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        tried = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
        assert tried.returncode == 0, tried.stderr
        running = keeper.start(
            [*words, "-g", "daemon off;"], log=folder / "log", cwd=folder, stop=signal.SIGTERM
        )
        try:
            until_it_listens(ports["tls"], running)
            yield ports, ssl.create_default_context(cafile=str(folder / "ca.pem"))
        finally:
            keeper.stop(running)


def certificates_as_the_guide_makes_them(folder: Path) -> None:
    """An authority, and a certificate for both names."""
    commands = [step.text for step in steps() if step.text.startswith("openssl ")]
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command.replace("/etc/dateline/tls", str(folder)))
        subprocess.run(words, capture_output=True, check=True)


def until_it_listens(port: int, running: subprocess.Popen[bytes]) -> None:
    """Knock until somebody opens, or nginx has ended."""
    wait = threading.Event()
    while running.poll() is None:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        wait.wait(0.01)
    raise AssertionError("nginx ended at once")


def ask(
    proxy: tuple[dict[str, int], ssl.SSLContext], host: str, path: str, **headers: str
) -> tuple[int, list[str], dict[str, str]]:
    """Status, the lines of what the server behind was asked, headers."""
    ports, trust = proxy
    connection = HTTPSConnection("127.0.0.1", ports["tls"], context=trust, timeout=SECONDS)
    connection.sock = trust.wrap_socket(
        socket.create_connection(("127.0.0.1", ports["tls"]), SECONDS), server_hostname=host
    )
    connection.request("GET", path, headers={"Host": host, **headers})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode().splitlines(), dict(answer.getheaders())
    connection.close()
    return found


@pytest.mark.parametrize(
    ("host", "path", "authorization", "behind"),
    [
        pytest.param(ARCHIVE, "/", "Bearer a-token", "api", id="a token"),
        pytest.param(ARCHIVE, "/", "Basic cmVhZGVyOmEtdG9rZW4=", "api", id="a browser's password"),
        pytest.param(ARCHIVE, "/timegate/https://www.example-times.org//a?b=c%2F", "", "api", id="//"),
        pytest.param(ARCHIVE, f"/lookup?url={'a' * 9000}", "", "api", id="long"),
        pytest.param(REPLAY, "/web/20260321183000mp_/http://a.example/", "Bearer x", "replay", id="replay"),
    ],
)
def test_nginx_hands_on_what_was_asked(
    proxy: tuple[dict[str, int], ssl.SSLContext], host: str, path: str, authorization: str, behind: str
) -> None:
    status, asked, headers = ask(proxy, host, path, Authorization=authorization)
    assert (status, asked[:3]) == (200, [behind, path, host])
    assert (asked[3:] or [""]) == [authorization]
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_nginx_keeps_metrics_and_plain_http_to_itself(proxy: tuple[dict[str, int], ssl.SSLContext]) -> None:
    assert ask(proxy, ARCHIVE, "/metrics")[0] == 404
    plain = HTTPConnection("127.0.0.1", proxy[0]["plain"], timeout=SECONDS)
    plain.request("GET", "/cdx?url=a", headers={"Host": ARCHIVE})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{ARCHIVE}/cdx?url=a")
    plain.close()


def test_the_names_of_nginx_are_those_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALARM_MAIL", "json://desk.example")
    [text] = [step.text for step in steps() if step.path == "/etc/dateline/dateline.yaml"]
    (tmp_path / "dateline.yaml").write_text(text)
    web = load_settings(tmp_path / "dateline.yaml").web
    assert (web.origin, web.replay_origin, web.rate) == (f"https://{ARCHIVE}", f"https://{REPLAY}", 0)
    assert (web.host, web.port, web.replay_port) == ("127.0.0.1", 8080, 8081)


@pytest.mark.parametrize("script", ["dateline-here", "nightly"])
def test_a_script_is_shell_and_may_be_run(script: str) -> None:
    path = DEPLOY / script
    assert path.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(path)], check=True)


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Where there is systemd, its own word; the structure is held in tests/docs/test_deploy.py as well."""
    for path in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        text = path.read_text()
        for program in (
            "/opt/dateline/bin/dateline",
            "/opt/dateline/bin/apprise",
            "/usr/local/bin/dateline-nightly",
        ):
            text = text.replace(program, "/bin/true")  # they are not installed here
        (tmp_path / path.name).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir() if "@" not in path.name)
    assert len(units) == 5
    if analyze := shutil.which("systemd-analyze"):
        done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_prometheus_asks_for_what_there_is() -> None:
    rules = read_yaml_file(DEPLOY / "dateline.rules.yml").data["groups"][0]["rules"]
    shown = set(re.findall(r'_family\(\s*"(\w+)"', Path(metrics.__file__).read_text()))
    asked = {name for rule in rules for name in re.findall(r"dateline_(\w+)", rule["expr"])}
    assert asked
    assert asked <= shown
    scraped: Any = read_yaml_file(DEPLOY / "prometheus.yml").data
    assert scraped["rule_files"] == ["dateline.rules.yml"]
    [job] = scraped["scrape_configs"]
    assert job["static_configs"][0]["targets"] == ["127.0.0.1:8080"]
