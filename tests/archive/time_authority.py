"""A time-stamping authority of our own: `openssl ts` behind a small HTTP server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

POLICY = "1.2.3.4.1"
_CONFIG = f"""
[req]
distinguished_name = dn
prompt = no
[dn]
O = Test Authority
CN = Test TSA
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[tsa_cert]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
signer_digest = sha256
default_policy = {POLICY}
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run it in a folder."""
    return subprocess.run(
        ["openssl", *arguments], cwd=folder, check=check, capture_output=True, text=True, timeout=300
    )


@dataclass
class TimeAuthority:
    """Its folder has `ca.pem`, `tsa.pem`, `tsa.key`; `answer` may be replaced by what a bad one says."""

    folder: Path
    address: str = ""
    queries: list[bytes] = field(default_factory=list)
    answer: Callable[[bytes], tuple[int, str, bytes]] | None = None

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def stamp(self, query: bytes, config: str = "openssl.cnf") -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        openssl(
            self.folder, "ts", "-reply", "-config", config, "-section", "tsa_config",
            "-queryfile", "query.tsq", "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply.tsr",
        )  # fmt: skip
        return (self.folder / "reply.tsr").read_bytes()

    def respond(self, query: bytes) -> tuple[int, str, bytes]:
        self.queries.append(query)
        if self.answer is not None:
            return self.answer(query)
        return 200, "application/timestamp-reply", self.stamp(query)

    def verifies(self, data: Path, token: Path) -> bool:
        """What `openssl ts -verify` says of a token."""
        done = openssl(
            self.folder, "ts", "-verify", "-data", str(data), "-in", str(token), "-CAfile", "ca.pem",
            check=False,
        )  # fmt: skip
        return done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr


def make_authority(folder: Path) -> TimeAuthority:
    """A root and a certificate for stamping below it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openssl.cnf").write_text(_CONFIG)
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "openssl.cnf")
    openssl(
        folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-extensions", "ca",
        "-subj", "/O=Test Authority/CN=Test Root", "-days", "3650",
    )  # fmt: skip
    openssl(folder, "req", *key, "-keyout", "tsa.key", "-out", "tsa.csr")
    openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-out", "tsa.pem", "-days", "3650", "-extfile", "openssl.cnf", "-extensions", "tsa_cert",
    )  # fmt: skip
    return TimeAuthority(folder)


@contextmanager
def serving(authority: TimeAuthority) -> Iterator[TimeAuthority]:
    """The authority behind HTTP on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            kind_is_right = self.headers["Content-Type"] == "application/timestamp-query"
            status, kind, data = authority.respond(query) if kind_is_right else (415, "text/plain", b"")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if status in {301, 302, 307}:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        authority.address = f"http://127.0.0.1:{server.server_address[1]}/tsr"
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
